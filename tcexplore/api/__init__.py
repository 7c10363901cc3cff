"""The web API: predictions and readiness over HTTP, beside the app in one process."""
