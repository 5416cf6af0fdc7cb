"""Cauce: a serverless integration hub with one record per customer."""
