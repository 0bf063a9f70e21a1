"""How replicas train: the pure functions of a fold, mapped over devices. It knows no network."""
