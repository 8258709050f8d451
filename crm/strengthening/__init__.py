"""Visit-strengthening days (巡回連絡強化日, S1 4(4)): time made for liaisons, plan and result."""
