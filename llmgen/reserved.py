"""What card networks and Stripe reserve for tests: numbers and tokens that belong to nobody."""

TEST_CARDS = frozenset({
    "4242424242424242", "4000056655665556", "5555555555554444", "2223003122003222", "378282246310005",
    "371449635398431", "6011111111111117", "3056930009020004", "3566002020360505", "4000000000000002",
    "4000000000009995", "4111111111111111", "5200828282828210", "5105105105105100", "6011000990139424",
    "6011981111111113", "36227206271667", "6555900000604105", "6200000000000005", "6200000000000047",
    "6205500000000000004",
})  # fmt: skip
"""Numbers that card networks and Stripe document for tests; Stripe's others all begin with 400000."""

ACCEPTED_CARDS = (
    "pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_discover", "pm_card_visa_debit", "pm_card_diners",
    "pm_card_jcb", "pm_card_unionpay", "pm_card_mastercard_debit", "pm_card_mastercard_prepaid",
)  # fmt: skip
"""Tokens that Stripe documents for cards that do not exist and are charged (https://docs.stripe.com/testing).

Those of cards that are refused say something: an author writes them.
"""
