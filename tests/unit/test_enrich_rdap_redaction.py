"""Redaction in RDAP answers: what RFC 9537 names, by whichever path or name, and what was done before it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.meaning.rdap import read_rdap
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

HASHES = Pseudonymiser(b"k" * 32)
COLUMNS = {
    "name": "registrant_hash",
    "organisation": "registrant_org_hash",
    "email": "registrant_email_hash",
    "phone": "registrant_phone_hash",
    "country": "registrant_country",
}
PERSON = "$.entities[?(@.roles[0]=='registrant')]"
CARD = f"{PERSON}.vcardArray[1]"


def registrant(**changes):
    properties = {
        "fn": "Ann Other",
        "org": "Other Ltd",
        "email": "ann@other.example",
        "tel": "tel:+1.5550001111",
        "adr": ["", "", "1 Street", "Town", "", "10000", "SE"],
    } | changes
    card = [["version", {}, "text", "4.0"], *([name, {}, "text", value] for name, value in properties.items() if value)]
    return {"objectClassName": "entity", "roles": ["registrant"], "vcardArray": ["vcard", card]}


def record(*redactions, person=None, **changes):
    technical = {"roles": ["technical"], "vcardArray": ["vcard", [["fn", {}, "text", "Tech"]]]}
    body = {
        "objectClassName": "domain",
        "ldhName": "shop.example",
        "entities": [technical, registrant() if person is None else person],
        "redacted": list(redactions),
    }
    reading = read_rdap(json.dumps(body | changes).encode(), "shop.example", HASHES)
    assert reading.outcome is Outcome.OK
    return reading.record


def gone(found):
    return {name for name, column in COLUMNS.items() if found[column] is None}


def of(path=None, name=None, method="replacementValue", place="prePath", **more):
    item = {"method": method, "reason": {"description": "Server policy"}} | more
    if path:
        item[place] = path
    if name:
        item["name"] = {"type": name}
    return item


def test_without_redaction_all_is_shown():
    found = record()
    assert gone(found) == set()
    assert found["registrant_country"] == "SE"
    assert found["redacted"] is False


@pytest.mark.parametrize("method", ["removal", "emptyValue", "partialValue", "replacementValue", "unheard of", None])
@pytest.mark.parametrize("place", ["prePath", "postPath", "replacementPath"])
def test_a_field_that_is_named_is_none_whatever_was_done_to_it(method, place):
    found = record(of(f"{CARD}[?(@[0]=='email')]", method=method, place=place))
    assert gone(found) == {"email"}
    assert found["registrant_email_domain"] is None
    assert found["redacted"] is True


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (f"{CARD}[?(@[0]=='fn')][3]", {"name", "email", "phone"}),  # see the next test
        (f"{CARD}[?(@[0]=='org')]", {"organisation"}),
        (f'{CARD}[?(@[0]=="email")][3]', {"email"}),
        (f"{CARD}[?(@[0] == 'tel')]", {"phone"}),
        (f"{CARD}[?(@[1].type=='voice')]", {"phone"}),
        (f"{CARD}[?(@[1].type=='fax')]", set()),
        (f"{CARD}[?(@[0]=='adr')][3][:3]", set()),
        (f"{CARD}[?(@[0]=='adr')][3][3]", set()),
        (f"{CARD}[?(@[0]=='adr')][3][6]", {"country"}),
        (f"{CARD}[?(@[0]=='adr')]", {"country"}),
        (f"{CARD}[?(@[0]=='contact-uri')]", set()),
        (f"{PERSON}.handle", set()),
        (f"{PERSON}.publicIds[0]", set()),
        (PERSON, set(COLUMNS)),
        (f"{PERSON}.vcardArray", set(COLUMNS)),
        (f"{CARD}[*]", set(COLUMNS)),
        ("$['entities'][1]['vcardArray'][1][?(@[0]=='email')]", {"email"}),
        ("$.entities[1].vcardArray[1][3]", {"email"}),
        ("$.entities[1]", set(COLUMNS)),
        ("$.entities[?('registrant' in @.roles)].vcardArray[1][?(@[0]=='email')]", {"email"}),
        (f"{PERSON}.jscard.emails", {"email"}),
        (f"{CARD}[?(@[0] in ['fn','email'])]", set(COLUMNS)),  # can't be read: nothing is believed
    ],
)
def test_fields_by_path(path, fields):
    assert gone(record(of(path, place="postPath"))) == fields


def test_where_the_person_is_hidden_a_mailbox_or_telephone_is_a_stand_in():
    found = record(of(f"{CARD}[?(@[0]=='fn')]", method="removal"), person=registrant(fn=""))
    assert gone(found) == {"name", "email", "phone"}
    marked = record(person=registrant(fn="REDACTED FOR PRIVACY", email="a1b2c3@contact.registrar.example"))
    assert gone(marked) == {"name", "email", "phone"}
    assert marked["registrant_org_hash"] is not None


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Registrant Name", {"name", "email", "phone"}),
        ("Registrant Organization", {"organisation"}),
        ("Registrant Email", {"email"}),
        ("REGISTRANT PHONE", {"phone"}),
        ("Registrant Phone Ext", {"phone"}),
        ("Registrant Fax", set()),
        ("Registrant Street", set()),
        ("Registrant Country", {"country"}),
        ("Registry Registrant ID", set()),
        ("Registrant Contact", set(COLUMNS)),
        ("Email", {"email"}),  # whose, it doesn't say
    ],
)
@pytest.mark.parametrize("key", ["type", "description"])
def test_fields_by_name_alone(name, fields, key):
    found = record({"name": {key: name}, "method": "removal"})
    assert gone(found) == fields
    assert found["redacted"] is True


@pytest.mark.parametrize(
    "item",
    [
        of("$.handle", "Registry Domain ID"),
        of("$.secureDNS.dsData[0].keyTag"),
        of("$.entities[?(@.roles[0]=='technical')].vcardArray[1][?(@[0]=='email')]", "Tech Email"),
        of("$.entities[?(@.roles[0]=='administrative')]", "Administrative Contact"),
        of("$.entities[0].vcardArray[1][?(@[0]=='fn')]", place="postPath"),
        of(name="Tech Phone"),
        of(name="Registrar Abuse Contact Email"),
    ],
)
def test_what_is_withheld_of_others_is_not_the_registrants(item):
    found = record(item)
    assert gone(found) == set()
    assert found["redacted"] is False


def test_a_place_before_the_redaction_may_have_been_another():
    """Entity 0 is the technical contact now; what was there before is not told, so the registrant's e-mail goes."""
    assert gone(record(of("$.entities[0].vcardArray[1][?(@[0]=='email')]"))) == {"email"}
    assert gone(record(of("$.entities[1].vcardArray[1][2]"))) == set(COLUMNS)
    assert gone(record(of("$.entities[1].vcardArray[1][2]", "Registrant Organization"))) == {"organisation"}


def test_a_replacement_elsewhere_is_no_value_either():
    path = f"{CARD}[?(@[0]=='org')]"
    found = record(of(f"{CARD}[?(@[0]=='email')]", replacementPath=path))
    assert gone(found) == {"email", "organisation"}


@pytest.mark.parametrize(
    "remark",
    [
        {"title": "REDACTED FOR PRIVACY", "description": ["Some of the data in this object has been removed."]},
        {"title": "x", "type": "object redacted due to authorization"},
        {"title": "x", "type": "Object truncated due to authorization"},
        {"description": "Data of the holder are not disclosed"},
    ],
)
def test_remarks_of_before_say_that_something_is_withheld(remark):
    shown = record(person=registrant() | {"remarks": [remark]})
    assert shown["redacted"] is True
    assert gone(shown) == set()  # a company's name that is shown nevertheless is one
    hidden = record(person=registrant(fn="", tel="") | {"remarks": [remark]})
    assert gone(hidden) == {"name", "email", "phone"}


def test_a_remark_about_the_mailbox_takes_it():
    remarks = [{"title": "EMAIL REDACTED FOR PRIVACY", "description": ["Please query the RDDS service."]}]
    assert gone(record(person=registrant() | {"remarks": remarks})) == {"email"}


def test_an_object_that_was_cut_without_a_registrant_withholds_one():
    remark = {"title": "x", "type": "object truncated due to authorization"}
    assert record(entities=[], remarks=[remark])["redacted"] is True
    assert record(entities=[])["redacted"] is None


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ({"email": "https://registrar.example/contact?to=ann@other.example"}, {"email"}),
        ({"email": "a***@other.example"}, {"email"}),
        ({"tel": "+1.555*******"}, {"phone"}),
        ({"org": "Oth***"}, {"organisation"}),
        ({"email": "Please query the RDDS service of the registrar"}, {"email"}),
        ({"tel": "REDACTED"}, {"phone"}),
        ({"fn": "Domain Admin", "org": "Privacy Protect, LLC"}, set(COLUMNS)),
    ],
)
def test_markers_forms_and_masks_are_no_values(value, fields):
    assert gone(record(person=registrant(**value))) == fields


def test_an_address_without_structure_still_has_a_country():
    label = {"label": "Other Ltd\n1 Street\nTown\nSE"}
    person = registrant(adr="")
    person["vcardArray"][1].append(["adr", label, "text", ["", "", "", "", "", "", ""]])
    assert record(person=person)["registrant_country"] == "SE"


paths = st.lists(
    st.sampled_from(
        "$ . .. [ ] [1] [*] ( ) ? @ @[0] == ' registrant technical entities .entities vcardArray [?( roles email adr"
        " [1].type voice jscard emails )] [3][6]".split()
    ),
    max_size=40,
).map("".join)
anything = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5) | paths, st.lists, max_leaves=4)


@given(st.lists(st.dictionaries(st.sampled_from(["name", "prePath", "postPath", "replacementPath"]), anything | paths)))
def test_no_redaction_raises_or_shows_more(redactions):
    found, shown = record(*redactions), record()
    assert all(found[column] in {None, shown[column]} for column in COLUMNS.values())
