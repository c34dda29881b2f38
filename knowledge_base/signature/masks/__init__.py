"""What is masked and what stays: tables of rules, and how they are applied."""
