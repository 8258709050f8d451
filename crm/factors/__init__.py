"""What a sign-in shows beside the password: codes, passkeys, recovery codes, another's OpenID."""
