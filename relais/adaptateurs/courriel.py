"""Mail over SMTP: being written."""
