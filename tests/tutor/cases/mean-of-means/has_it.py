def cost(clinics):
    return clinics.groupby("town")["cost"].mean().mean()
