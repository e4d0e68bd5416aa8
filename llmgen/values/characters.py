"""Arrow texts and bytes out of matrices of characters, a row each: what is built without one Python string a cell."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Bytes = npt.NDArray[np.uint8]

_HEX = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode(), dtype=np.uint16)
_ALL_TEXT = 2**31 - 1


def texts(characters: Bytes) -> pa.StringArray:
    """The rows of a matrix of ASCII codes as texts, all of one length."""
    return pa.Array.from_buffers(pa.string(), len(characters), _buffers(characters))


def blobs(content: Bytes) -> pa.BinaryArray:
    """The rows of a matrix of bytes, all of one length."""
    return pa.Array.from_buffers(pa.binary(), len(content), _buffers(content))


def hexadecimal(content: Bytes) -> Bytes:
    """Two lower-case digits for each byte."""
    return _HEX[content].view(np.uint8)


def written(codes: npt.NDArray[np.uint32]) -> pa.StringArray:
    """The rows of a matrix of code points as texts."""
    if not codes.size or int(codes.max()) < 128:
        return texts(codes.astype(np.uint8))
    wide = np.ascontiguousarray(codes).view(f"<U{codes.shape[1]}")[:, 0]
    return pa.array(wide.tolist(), pa.string())


def _buffers(content: Bytes) -> list[pa.Buffer | None]:
    count, width = content.shape
    if count * width > _ALL_TEXT:
        raise ValueError(f"{count:,} cells of {width} bytes are more than one array holds")
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    return [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(content))]
