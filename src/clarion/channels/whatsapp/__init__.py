"""WhatsApp through Meta's Cloud API: payloads, answers, webhooks, errors, checks, management."""
