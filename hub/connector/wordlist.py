"""The words of an error that may be kept: those of everyday complaints in English, Spanish and Portuguese.

What is not in this list may be a name, and is left out. So a sentence of a vendor can be kept without knowing
what it quotes.
"""

_ENGLISH = """
a about access account action active after again all allowed already amount an and another any api
archived are argument array as at attribute available bad be because been before between blank body
boolean both but by call can cannot change character characters check code company conflict contact
contains content correct could country create created currency customer customers data database date
default deleted denied did different digit digits disabled do document does doesn duplicate duplicated
each either email empty enabled end entity error errors exceed exceeded exceeds exist existing exists
expected expired external failed field fields for forbidden format formatted found from greater had has
have higher id identifier if in inactive incorrect input integer internal invalid invoice is it item
items its json key known length less letters limit line lines list locked long longer looks lower
malformed match matches matching max maximum may message min minimum missing mobile more must name names
negative new no non not null number numeric object of on one only operation option or order organization
other out outside own parameter parameters parse partner pattern payload permission person phone please
positive postal price processed product properties property provided quantity range read reason received
record records reference referenced refused rejected request required requires resource same save saved
schema seem seems send sent server should size sku some something state status string structure
subscription supplied support supported tax taxpayer than that the their there they this time timeout to
token too type unable unexpected unique unknown unprocessable unsupported update updated use used user
using valid validated validation value values vat version was were when which while will with within
without would wrong you your zero zip
"""
_SPANISH = """
acepta aceptado actual al algunos antes aparece campo campos cantidad caracteres carácter cliente
clientes comprador con contiene contribuyente correcta correcto correo creada creado cuenta código datos
de debe deben del demasiado desconocido dirección documento donde duplicada duplicado el ella ellos en
encontrado encontró entre era es esperado esta estado estar este está existe existen existente expirado
factura falta faltan fecha formato fue ha hay identificación identificador impuesto incorrecta
incorrecto inválida inválido la largo las longitud los línea mayor menor moneda muy más máximo mínimo
nit no nombre numérico número o obligatoria obligatorio orden para pedido permiso permite permitido por
precio presente producto puede que rechazada rechazado recurso referencia registrado registro repetido
requerido requiere se ser si sin solicitud solo su sus teléfono tener tiene tipo un una uno usuario
vacía vacío valor valores vencido válida válido y ya único
"""
_PORTUGUESE = """
ao atual cadastrado cadastro cliente com conta contribuinte contém corresponde criado código da dados
das data deve devem do documento dos duplicado em encontrado endereço entre esperado está existe foi
formato há identificação imposto incorreto inválida inválido já maior mais menor moeda muito máximo
mínimo na nas nome nos nota não número obrigatória obrigatório ou para pedido permitido pode por preço
produto quantidade registro rejeitada rejeitado requerido requisição sem ser seu sua são tamanho
telefone tem tipo um uma usuário valor valores vazia vazio válida válido é único
"""

WORDS = frozenset(f"{_ENGLISH} {_SPANISH} {_PORTUGUESE}".split())
"""In lower case."""
