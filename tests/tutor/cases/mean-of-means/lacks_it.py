def cost(clinics):
    return clinics["cost"].mean()
