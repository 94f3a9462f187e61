"""Every figure that README claims, measured beside what it is compared with."""
