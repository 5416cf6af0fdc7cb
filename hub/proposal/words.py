"""What canonical fields are called by vendors, in English, Spanish and Portuguese.

One entry for each field, whatever its entity; `a.b` for a part of a composite or of a list's items.
Phrases are split by commas, without accents; `~` marks one that often means something else, `!` a word
that no such name has.
"""

from typing import Final

VOCABULARY: Final = {
    # of people
    "email": "email, e mail, mail, email address, e mail address, correo, correo electronico, correo e",
    "phone": """
        phone, phone number, mobile, mobile phone, mobile number, cell, cell phone, cellphone, cell
        number, telephone, tel, telefono, telefono movil, numero telefono, celular, numero celular, movil,
        telefone, fone, whatsapp, whatsapp number, wa id, msisdn, contact number, !fax, !extension,
        !verified, !type""",
    "tax_id": """
        tax id, tax number, vat, vat number, vat id, tax identification number, identification number,
        nit, cedula, numero cedula, rut, rfc, cuit, ruc, dni, nif, nie, cif, cpf, cnpj, cpf cnpj,
        documento, numero documento, document number, identificacion, numero identificacion,
        ~identification, ~document, !type, !tipo""",
    "loyalty_id": """
        loyalty id, loyalty number, member number, card number, numero socio, tarjeta puntos, fidelidade""",
    "given_name": """
        given name, first name, forename, fname, primer nombre, nombres, primeiro nome, ~nombre, ~nome,
        ~name, !company, !user, !last, !full, !comercial""",
    "family_name": """
        family name, last name, surname, lname, second name, apellido, apellidos, primer apellido,
        sobrenome, ultimo nome, !first""",
    "company": """
        company, company name, organization, organisation, organization name, business name, employer,
        empresa, nombre empresa, compania, razon social, razao social, nome empresa, nombre comercial,
        nome fantasia, !is, !type, !id""",
    "locale": "locale, language, language code, lang, preferred language, idioma, lengua, lingua",
    "birth_date": """
        birth date, birthday, birthdate, date of birth, dob, born, fecha nacimiento, cumpleanos,
        nacimiento, data nascimento, nascimento, aniversario""",
    "stage": "stage, lifecycle stage, lead stage, pipeline stage, funnel stage, etapa, fase, estagio",
    "tags": "tags, tag list, labels, segments, groups, etiquetas, marcadores, grupos",
    # of addresses
    "address.line1": """
        address, address 1, address line 1, line 1, street, street 1, street address, street line 1,
        address line, direccion, direccion 1, calle, domicilio, endereco, logradouro, rua, !email, !ip, !2""",
    "address.line2": """
        address 2, address line 2, line 2, street 2, street line 2, direccion 2, complemento, apartment,
        apartamento, unit, suite, piso, interior""",
    "address.city": "city, town, locality, city name, ciudad, municipio, localidad, poblacion, cidade",
    "address.region": """
        state, province, region, county, department, state name, province name, departamento, provincia,
        estado, comunidad, administrative area, uf, !code, !tax""",
    "address.postcode": """
        postcode, postal code, zip, zip code, post code, codigo postal, cp, cep, zip postal code""",
    "address.country": "country, country code, country iso, country iso code, pais, codigo pais, !calling",
    # of orders and carts
    "number": """
        number, order number, order no, order name, order code, numero, numero pedido, numero orden,
        folio, consecutivo, code, codigo, num pedido, invoice number, ticket number, ticket name, receipt
        number, ~name, !phone, !tax, !card, !items, !line""",
    "reference": """
        reference, external reference, external id, client reference, order ref, referencia, referencia
        externa""",
    "status": """
        status, state, order status, payment status, financial status, estado, estado pedido, situacao,
        estatus, !url, !fulfillment, !code, !tax""",
    "channel": """
        channel, sales channel, source, source name, origin, canal, canal venta, origen, origem, created
        via""",
    "placed_at": """
        placed at, ordered at, order date, date order, ordered on, purchase date, purchased at, made at,
        sold at, fecha, fecha pedido, fecha orden, fecha venta, fecha compra, data pedido, data venda,
        ~created at, ~date created, ~creation date, ~fecha creacion, ~date""",
    "total": """
        total, total price, total amount, grand total, amount total, order total, total value, amount due,
        valor total, importe total, total pedido, monto total, monto, importe, ~amount, ~value, ~valor,
        !tax, !discount, !discounts, !shipping, !tip, !impuesto, !iva, !subtotal, !weight, !items, !line,
        !sub""",
    "tax": """
        tax, total tax, tax amount, amount tax, tax total, iva, total iva, valor iva, impuesto, impuestos,
        total impuestos, imposto, impostos, total impostos, !rate, !id, !included, !include, !exempt,
        !number, !lines, !shipping, !discount, !cart, !class""",
    "currency": "currency, currency code, currency iso, moneda, divisa, moeda, value currency",
    "items": """
        items, line items, lines, order lines, order items, products, cart items, rows, articulos,
        productos, detalle, detalles, renglones, itens, produtos, !tax, !shipping, !fee, !discount, !gift,
        !impuestos""",
    "items.sku": """
        sku, product code, product sku, item code, product reference, variant id, codigo, codigo producto,
        referencia, codigo produto, ~code, ~reference, ~product id, !tax""",
    "items.name": """
        name, title, product name, item name, product title, nombre, nombre producto, titulo, descripcion,
        nome, nome produto, descricao, ~description, ~product, ~producto, !variant, !vendor""",
    "items.quantity": "quantity, qty, units, count, cantidad, unidades, cant, quantidade, qtd, qtde",
    "items.price": """
        price, unit price, price unit, base price, item price, precio, precio unitario, valor unitario,
        preco, preco unitario, rate, ~amount, ~value, ~valor, !total, !tax, !discount""",
    "url": """
        url, link, permalink, checkout url, recovery url, cart url, enlace, avatar url, !image, !avatar""",
    # of messages
    "text": "text, body, message, content, text body, mensaje, texto, contenido, mensagem, conteudo",
    "kind": "kind, type, message type, tipo, tipo mensaje",
    "direction": "direction, direccion mensaje, sentido, direcao",
    "sent_at": """
        sent at, sent, send date, timestamp, message timestamp, date sent, fecha envio, enviado, enviado
        em, data envio""",
    # of every record
    "created_at": """
        created at, created, create date, created date, creation date, date created, created on, created
        time, created date time, fecha creacion, creado, creado en, fecha registro, alta, criado em, data
        criacao, !by, !via""",
    "updated_at": """
        updated at, updated, update date, modified, modified at, modified date, date modified, last
        modified, last modified date, date updated, last update, last updated, write date, changed,
        changed at, fecha actualizacion, fecha modificacion, actualizado, actualizado en, modificado,
        atualizado em, data atualizacao, data alteracao, ~timestamp, ~at, !by""",
}


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


OWN: Final = {
    "customer": _words(
        "customer client cliente contact contacto contato person persona pessoa user usuario buyer comprador",
        "guest huesped member socio partner profile perfil account lead",
    ),
    "order": _words("order orden pedido sale venta venda invoice factura ticket booking reserva"),
    "cart": _words("cart carrito carrinho checkout basket"),
    "message": _words("message mensaje mensagem event evento"),
}
"""Words that a name may add because the record is of this entity: `customer_email`, `order_number`."""

ADDRESSES: Final = _words("address addresses billing default location direccion domicilio endereco home")
DELIVERY: Final = _words("shipping delivery envio entrega despacho secondary")
"""Where things are sent to: seldom where the person lives."""

ELSEWHERE: Final = _words("payment payments tender tenders refund refunds source seller vendor store")
"""Things inside of a record that have names, numbers and amounts of their own."""

LITTLE: Final = _words("de da do del la el los las o a the of gmt utc iso field money")
"""Words that say nothing of what a field is."""

VAGUE: Final = _words("id number name code date type at amount")
"""Words that say nothing by themselves."""
