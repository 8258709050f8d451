"""つながり台帳 (Tsunagari): an inter-agency liaison network CRM."""
