"""Runs a Deno notebook headless and renders what it showed as one HTML page that needs no network."""
