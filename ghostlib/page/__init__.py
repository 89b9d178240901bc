"""From the runs to the page.

paste    numbers for the prose and the ledger
ledger   the paper's claims, and the rules by which runs are held against them
palette  what each colour means
"""
