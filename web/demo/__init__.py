"""The sample: invented log lines, solutions and questions for the first minute with Kea.

Everything comes from the YAML files in ``catalog/``; nothing in it was logged by a real system.
"""
