"""``clarion demo``: a whole shop on one machine, with a simulated WhatsApp and people in it."""
