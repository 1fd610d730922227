"""Models of torch: how they are built, and how many parameters they have. Those of scikit-learn say it themselves."""

from __future__ import annotations

from typing import Any

from ..description import Description, code
from ..registry import describes
from ..work import type_name


@describes("torch.nn.Module")
def module(model: Any) -> Description:
    """A model of torch."""
    parameters = list(model.parameters())
    total = sum(item.numel() for item in parameters)
    trained = sum(item.numel() for item in parameters if item.requires_grad)
    text, omitted = code(repr(model))
    kind = f"{type_name(type(model))}, {total:,} parameters, {trained:,} of them trained"
    return Description(kind, text, omitted=(*omitted, "the values of the parameters"))


@describes("sklearn.base.BaseEstimator")
def estimator(model: Any) -> Description:
    """A model of scikit-learn: its repr has the parameters that are not the default."""
    text, omitted = code(repr(model))
    fitted = any(name.endswith("_") and not name.startswith("_") for name in vars(model))
    return Description(f"{type_name(type(model))}, {'fitted' if fitted else 'not fitted'}", text, omitted=omitted)
