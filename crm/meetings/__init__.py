"""Meetings: from the plan over the invitations to who came, as the station keeps them (S1 3(3))."""
