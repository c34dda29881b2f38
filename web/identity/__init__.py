"""Who somebody is: accounts, passwords, OpenID Connect, sessions, links, tokens."""
