"""Raw text to signature: header off, variables masked, key, fingerprint."""

from knowledge_base.signature.codes import error_codes, exception_classes
from knowledge_base.signature.headers.header import has_header
from knowledge_base.signature.headers.reading import Header, read_header
from knowledge_base.signature.headers.times import read_time
from knowledge_base.signature.keying import fingerprint_of, key_of
from knowledge_base.signature.kinds import FAMILY_OF, KINDS, PLACEHOLDER, Family, Kind
from knowledge_base.signature.limits import SIGNATURE_VERSION
from knowledge_base.signature.masks.masking import Mask
from knowledge_base.signature.recall.signer import Signer
from knowledge_base.signature.steps import sign
from knowledge_base.signature.tracing.explaining import explain
from knowledge_base.signature.tracing.explanation import Explanation, LeftOut, Limit, Stage, Step

__all__ = [
    "FAMILY_OF",
    "KINDS",
    "PLACEHOLDER",
    "SIGNATURE_VERSION",
    "Explanation",
    "Family",
    "Header",
    "Kind",
    "LeftOut",
    "Limit",
    "Mask",
    "Signer",
    "Stage",
    "Step",
    "error_codes",
    "exception_classes",
    "explain",
    "fingerprint_of",
    "has_header",
    "key_of",
    "read_header",
    "read_time",
    "sign",
]
