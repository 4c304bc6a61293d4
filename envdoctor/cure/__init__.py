"""How does a plan become proven, applied and, on demand, undone?"""
