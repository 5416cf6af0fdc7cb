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
    "text": """
        text, body, message, content, text body, mensaje, texto, contenido, mensagem, conteudo, ~description,
        ~descripcion, ~descricao""",
    "kind": "kind, type, message type, tipo, tipo mensaje",
    "direction": "direction, direccion mensaje, sentido, direcao",
    "sent_at": """
        sent at, sent, send date, timestamp, message timestamp, date sent, fecha envio, enviado, enviado
        em, data envio""",
    # of tickets, invoices, stock and visits
    "subject": "subject, title, asunto, assunto, titulo, ticket subject, case subject, ~name",
    "priority": "priority, urgency, severity, prioridad, prioridade, urgencia, !id",
    "assignee": """
        assignee, assigned to, owner, agent, agent name, owner name, assignee name, assigned user, asignado,
        asignado a, responsable, responsavel, atendente, !id, !email""",
    "closed_at": """
        closed at, close date, closed date, closed time, resolved at, resolution date, solved at, completed
        at, last close at, last closed at, fecha cierre, fecha solucion, data fechamento""",
    "sku": """
        sku, product code, product sku, item code, product reference, product sku code, codigo producto,
        referencia, codigo produto, ~code, ~codigo, ~reference""",
    "location": """
        location, warehouse, store, branch, location id, warehouse id, location name, warehouse name, bodega,
        almacen, sucursal, deposito, armazem, loja""",
    "quantity": """
        quantity, qty, available quantity, available, stock, stock level, stock quantity, inventory, inventory
        level, inventory quantity, on hand, quantity on hand, existencias, cantidad, disponible, saldo,
        estoque, quantidade""",
    "issued_at": """
        issued at, issue date, invoice date, billing date, posting date, finalized at, date issued, fecha
        emision, fecha factura, fecha expedicion, data emissao, ~date, ~fecha""",
    "due_at": "due date, due at, due on, payment due date, fecha vencimiento, vencimiento, data vencimento",
    "due": """
        amount due, balance, balance due, amount remaining, remaining amount, outstanding, saldo, saldo
        pendiente, valor pendiente""",
    "place": """
        place, location, venue, store, site, branch, office, clinic, room, lugar, sede, sucursal, direccion,
        local, oficina, consultorio, sala, unidade, !id""",
    "agent": """
        agent, seller, salesperson, sales rep, employee, staff, staff member, team member, practitioner,
        provider, host, attended by, vendedor, asesor, representante, agente, empleado, empleada,
        profesional, atendido por, funcionario, profissional, atendente, !id, !email""",
    "outcome": """
        outcome, result, resultado, conclusion, desfecho, ~status, ~state, ~estado, ~situacao""",
    "notes": """
        notes, note, comments, comment, remarks, observations, observaciones, notas, comentarios,
        observacion, nota, observacoes""",
    "visited_at": """
        visited at, visit date, check in, checked in at, start, start at, start time, start date, starts at,
        started at, begin, begins at, appointment date, scheduled at, fecha visita, inicio, hora inicio,
        fecha inicio, fecha cita, data visita, hora inicial, ~date, ~fecha, !end, !fin, !fim""",
    # of every record
    "created_at": """
        created at, created, create date, created date, creation date, date created, created on, created
        time, created date time, add time, creation time, inserted at, fecha creacion, creado, creado en,
        fecha registro, alta, creada, creada en, criado em, data criacao, !by, !via""",
    "updated_at": """
        updated at, updated, update date, modified, modified at, modified date, date modified, last
        modified, last modified date, last modified at, last modified time, modified time, update time, date
        updated, last update, last updated, last change, updated date, system modstamp, write date, changed,
        changed at, fecha actualizacion, fecha modificacion, actualizado, actualizado en, modificado,
        actualizada, modificada, cambiado, cambiada, fecha cambio, ultima modificacion, ultimo cambio,
        atualizado em, data atualizacao, data alteracao, ~timestamp, ~at, !by""",
}


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


SAME: Final = {
    "open": """new, nuevo, novo, abierto, abierta, aberto, pending payment, awaiting payment, authorised,
        unpaid""",
    "pending": "on hold, hold, waiting, snoozed, pendiente, pendente, en espera",
    "solved": "resolved, resuelto, resuelta, resolvido, solucionado",
    "closed": "cerrado, cerrada, fechado, done, finished, finalizado",
    "paid": "approved, captured, pagado, pagada, pago, aprobado, aprovado, succeeded, accredited, won",
    "fulfilled": """shipped, delivered, invoiced, complete, completed, enviado, entregado, despachado,
        concluido""",
    "cancelled": """canceled, cancelado, cancelada, anulado, voided, rejected, denied, expired, lost""",
    "refunded": "reembolsado, devuelto, charged back, returned, estornado",
    "draft": "borrador, rascunho",
    "void": "voided, anulado, anulada, cancelled, canceled, deleted",
    "low": "baja, baixa",
    "normal": "medium, media, regular",
    "high": "alta",
    "urgent": "critical, urgente, critica",
    "in": "inbound, incoming, received, entrante, entrada",
    "out": "outbound, outgoing, outbound api, saliente, salida, saida",
}
"""Words of ours: what vendors say for them."""

OWN: Final = {
    "customer": _words(
        "customer client cliente contact contacto contato person persona pessoa user usuario buyer comprador",
        "guest huesped member socio partner profile perfil account lead",
    ),
    "order": _words(
        "order orden pedido sale venta venda invoice factura ticket booking reserva deal payment"
    ),
    "cart": _words("cart carrito carrinho checkout basket"),
    "message": _words("message mensaje mensagem event evento"),
    "ticket": _words("ticket case caso conversation conversacion issue incidencia chamado"),
    "invoice": _words("invoice factura fatura bill comprobante document"),
    "stock": _words("stock inventory inventario product producto item sku"),
    "visit": _words("visit visita appointment cita meeting reunion turno agendamento"),
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
