"""The life of consent events: into the ledger, and out of it where the law asks for it.

- `importing`: event files -> ledger; `booking`: one declaration -> ledger;
- `standing`: what holds now, by the ledger of a store;
- `suppressed`: who was erased and stays out; `forgetting`: the erasure itself;
- `retaining`: what may be deleted when; `outbound`: what the source systems must be told.

All of it joins the store (`crmclean.store.ledger`) and the rules (`crmclean.consent`).
"""
