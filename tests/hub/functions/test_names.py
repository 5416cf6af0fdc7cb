"""Names of invented people, split as the rules of thumb say. Where a rule is wrong, it says so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.expressions import FUNCTIONS

few = settings(max_examples=100, deadline=None, derandomize=True, database=None)

SPLIT = [
    # name, country, given names, surnames
    ("Ana", "", "Ana", None),
    ("  Ana  ", "", "Ana", None),
    ("Ana Campos", "", "Ana", "Campos"),
    ("Ana Campos Rojas", "", "Ana", "Campos Rojas"),
    ("Ana Lucía Campos Rojas", "", "Ana Lucía", "Campos Rojas"),
    ("Ana Lucía Inés Campos Rojas", "CO", "Ana Lucía Inés", "Campos Rojas"),
    ("María Fernanda López", "", "María", "Fernanda López"),  # wrong for her: the rule cannot know
    ("María Fernanda López", "AR", "María Fernanda", "López"),
    ("Juan Carlos Pérez", "AR", "Juan Carlos", "Pérez"),
    ("Juan Pérez Gómez", "AR", "Juan Pérez", "Gómez"),  # wrong for him: two surnames are rare there
    ("Juan de la Cruz", "", "Juan", "de la Cruz"),
    ("Juan de la Cruz Rojas", "", "Juan", "de la Cruz Rojas"),
    ("Juan Rojas de la Cruz", "", "Juan", "Rojas de la Cruz"),
    ("Juan Pablo de la Cruz Rojas", "MX", "Juan Pablo", "de la Cruz Rojas"),
    ("Luisa del Río", "", "Luisa", "del Río"),
    ("Luisa Fernanda del Río del Valle", "", "Luisa Fernanda", "del Río del Valle"),
    ("Pedro de los Santos", "DO", "Pedro", "de los Santos"),
    ("Pedro de las Casas Mora", "", "Pedro", "de las Casas Mora"),
    ("Rosa San Martín", "", "Rosa", "San Martín"),
    ("Rosa San Martín Santa Cruz", "", "Rosa", "San Martín Santa Cruz"),
    ("José Ortega y Gasset", "", "José", "Ortega y Gasset"),
    ("Tomás Ruiz y Ponce", "ES", "Tomás", "Ruiz y Ponce"),
    ("Elisa Prado e Ibarra", "ES", "Elisa", "Prado e Ibarra"),
    ("Karla von Humbach", "", "Karla", "von Humbach"),
    ("Karla von der Heide Ruiz", "CL", "Karla", "von der Heide Ruiz"),
    ("Diego van den Berg", "", "Diego", "van den Berg"),
    ("María de los Ángeles Rojas", "", "María de los Ángeles", "Rojas"),
    ("María de los Ángeles del Río", "", "María de los Ángeles", "del Río"),
    ("María de los Ángeles Rojas Mora", "", "María de los Ángeles", "Rojas Mora"),
    ("María del Pilar Rojas Mora", "ES", "María del Pilar", "Rojas Mora"),
    ("MARÍA DEL CARMEN ROJAS MORA", "ES", "MARÍA DEL CARMEN", "ROJAS MORA"),
    ("Juan de Jesús Mora", "", "Juan de Jesús", "Mora"),
    ("Ana del Rosario", "", "Ana", "del Rosario"),
    ("Inés de la Concepción Vera Luna", "", "Inés de la Concepción", "Vera Luna"),
    ("Pedro del Valle Gómez", "", "Pedro", "del Valle Gómez"),
    ("Ana Pérez-López Ruiz", "", "Ana", "Pérez-López Ruiz"),
    ("Bernardo O'Brian Vidal", "CL", "Bernardo", "O'Brian Vidal"),
    ("Campos Rojas, Ana Lucía", "", "Ana Lucía", "Campos Rojas"),
    ("CAMPOS ROJAS,ANA", "", "ANA", "CAMPOS ROJAS"),
    ("de la Cruz Rojas, Juan", "", "Juan", "de la Cruz Rojas"),
    ("Campos, Ana, Dra.", "", "Ana Dra.", "Campos"),
    ("Campos Rojas,", "", None, "Campos Rojas"),
    (", Ana", "", "Ana", None),
    ("", "", None, None),
    ("   ", "", None, None),
    (",", "", None, None),
    ("Ana Clara Souza", "BR", "Ana Clara", "Souza"),
    ("Ana Clara Souza Lima", "BR", "Ana Clara Souza", "Lima"),
    ("João da Silva", "BR", "João", "da Silva"),
    ("João Pedro dos Santos", "BR", "João Pedro", "dos Santos"),
    ("Rui Nunes das Neves", "PT", "Rui Nunes", "das Neves"),
    ("Artur da Costa e Silva", "BR", "Artur", "da Costa e Silva"),
    ("ARTUR DA COSTA E SILVA", "BR", "ARTUR", "DA COSTA E SILVA"),
    ("Caio Lima Filho", "BR", "Caio", "Lima Filho"),
    ("CAIO LIMA FILHO", "BR", "CAIO", "LIMA FILHO"),
    ("Caio Lima Neto", "BR", "Caio", "Lima Neto"),
    ("Caio de Souza Lima Júnior", "BR", "Caio de Souza", "Lima Júnior"),
    ("Caio Filho", "BR", "Caio", "Filho"),
    ("Caio Lima Neto", "CO", "Caio", "Lima Neto"),
    ("Rosa Neto Campos", "ES", "Rosa", "Neto Campos"),
    ("Emily Rose Carter", "US", "Emily Rose", "Carter"),
    ("Ana Campos de", "", "Ana", "Campos de"),
    ("De la Cruz", "", "De la Cruz", None),
    ("José San", "", "José", "San"),
    ("Ana\tCampos\nRojas", "Colombia", "Ana", "Campos Rojas"),
    ("Ana E. Campos", "AR", "Ana E.", "Campos"),
]


@pytest.mark.parametrize(("name", "country", "given_names", "surnames"), SPLIT)
def test_a_name_is_split(name, country, given_names, surnames):
    where = [country] if country else []
    assert FUNCTIONS["given_names"](name, *where) == given_names
    assert FUNCTIONS["surnames"](name, *where) == surnames


@pytest.mark.parametrize(
    ("name", "country", "first", "second"),
    [
        ("Ana", "", None, None),
        ("Ana Campos", "", "Campos", None),
        ("Ana Campos Rojas", "", "Campos", "Rojas"),
        ("Juan de la Cruz San Martín", "", "de la Cruz", "San Martín"),
        ("José Ortega y Gasset", "", "Ortega", "Gasset"),
        ("Elisa Prado e Ibarra", "", "Prado", "Ibarra"),
        ("Campos Rojas, Ana", "", "Campos", "Rojas"),
        ("Campos Rojas Mora, Ana", "", "Campos", "Rojas Mora"),
        ("Ana Clara Souza Lima", "BR", "Lima", None),
        ("Artur da Costa e Silva", "BR", "da Costa e Silva", None),
        ("Karla von Humbach Ruiz", "CL", "von Humbach", "Ruiz"),
    ],
)
def test_two_surnames_are_told_apart(name, country, first, second):
    where = [country] if country else []
    assert FUNCTIONS["first_surname"](name, *where) == first
    assert FUNCTIONS["second_surname"](name, *where) == second


def test_more_than_sixty_names_are_tried():
    assert len(SPLIT) >= 60


@pytest.mark.parametrize(
    ("typed", "titled"),
    [
        ("MARÍA DE LOS ÁNGELES DEL RÍO", "María de los Ángeles del Río"),
        ("maría de los ángeles del río", "María de los Ángeles del Río"),
        ("BERNARDO O'HIGGINS", "Bernardo O'Higgins"),
        ("BERNARDO O’HIGGINS", "Bernardo O’Higgins"),
        ("PÉREZ-LÓPEZ", "Pérez-López"),
        ("ANA-MARÍA D'ANGELO", "Ana-María D'Angelo"),
        ("Rory McDonald", "Rory McDonald"),
        ("Juan De La Cruz", "Juan de la Cruz"),
        ("DE LA CRUZ", "De la Cruz"),
        ("JOSÉ DE SAN MARTÍN", "José de San Martín"),
        ("JOSÉ ORTEGA Y GASSET", "José Ortega y Gasset"),
        ("  ana   campos ", "Ana Campos"),
        ("J. R. CAMPOS", "J. R. Campos"),
        ("ñandú", "Ñandú"),
        ("", ""),
    ],
)
def test_a_name_gets_its_capitals(typed, titled):
    assert FUNCTIONS["title_name"](typed) == titled


@few
@given(st.text(max_size=40))
def test_capitals_given_twice_are_those_given_once(text):
    once = FUNCTIONS["title_name"](text)
    assert FUNCTIONS["title_name"](once) == once


WORDS = st.sampled_from(
    ["Ana", "Campos", "de", "la", "San", "y", "Ruiz", "del", "Carmen", "Filho", "O'Hara", "e"]
)


@few
@given(st.lists(WORDS, min_size=1, max_size=8), st.sampled_from(["", "CO", "BR", "AR"]))
def test_no_word_of_a_name_is_lost_or_moved(words, country):
    where = [country] if country else []
    parts = [FUNCTIONS[name](" ".join(words), *where) for name in ("given_names", "surnames")]
    assert " ".join(part for part in parts if part) == " ".join(words)


@pytest.mark.parametrize("name", ["given_names", "surnames", "first_surname", "second_surname", "title_name"])
def test_what_is_no_name_is_refused_without_saying_it(name):
    for value in (5, ["Ana"], "a " * 151):
        with pytest.raises((TypeError, ValueError), match=r"^(not a name|too large)$"):
            FUNCTIONS[name](value)
