"""LightGBM, XGBoost and scikit-learn on the files that benches/learning.rs wrote; called by it with their folder."""
import resource
import sys
import time

import numpy as np
from sklearn.metrics import roc_auc_score

folder = sys.argv[1]
only = sys.argv[2:]


def read(name):
    x = np.fromfile(f"{folder}/{name}", np.float32).reshape(-1, 50)
    return x, np.fromfile(f"{folder}/{name}-labels", np.uint8)


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def lightgbm():
    import lightgbm as lgb

    return lgb.LGBMClassifier(n_estimators=100, learning_rate=0.1, max_depth=6, num_leaves=63, n_jobs=2, verbose=-1)


def lightgbm_small():
    """As patron's booster is set by default: 300 trees of 15 leaves on parts of rows and columns."""
    import lightgbm as lgb

    return lgb.LGBMClassifier(
        n_estimators=300, learning_rate=0.05, max_depth=6, num_leaves=15, reg_lambda=1.0, subsample=0.7,
        subsample_freq=1, colsample_bytree=0.5, n_jobs=2, verbose=-1,
    )


def xgboost():
    import xgboost as xgb

    return xgb.XGBClassifier(n_estimators=100, learning_rate=0.1, max_depth=6, tree_method="hist", n_jobs=2)


def sklearn_hist():
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.1, max_depth=6, max_leaf_nodes=63, early_stopping=False
    )


def sklearn_logistic():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))


x, y = read("train")
z, w = read("test")
for make in (lightgbm, lightgbm_small, xgboost, sklearn_hist, sklearn_logistic):
    if only and make.__name__ not in only:
        continue
    model = make()
    wall, spent = time.perf_counter(), cpu()
    model.fit(x, y)
    wall, spent = time.perf_counter() - wall, cpu() - spent
    scoring = cpu()
    p = model.predict_proba(z)[:, 1]
    rate = len(z) / (cpu() - scoring)
    print(f"{make.__name__:22} {spent:9.2f} {wall:9.2f} {rate:16.0f} {roc_auc_score(w, p):8.5f}", flush=True)
