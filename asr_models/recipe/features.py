"""Kaldi's log-mel filterbank in numpy, with vocal-tract-length warping.

`fbank` gives what Kaldi computes from FBANK_CONF (compared with
kaldi-native-fbank), so what the network learns from is what Vosk will show it.
"""

from functools import cache

import numpy as np

RATE = 8000  # samples a second
SHIFT = 80  # samples from frame to frame: 10 ms
WINDOW = 384  # samples: 48 ms, so that the harmonics of low voices, too, stand apart: tones are told by them
FFT = 512  # points: the window and zeros up to a power of two
BINS = 80
LOW, HIGH = 100.0, 3800.0  # Hz
VTLN_LOW, VTLN_HIGH = 200.0, 3500.0  # Hz, where the warping bends back to the edges

FBANK_CONF = f"""--sample-frequency={RATE}
--frame-length={1000 * WINDOW // RATE}
--frame-shift={1000 * SHIFT // RATE}
--num-mel-bins={BINS}
--low-freq={LOW:g}
--high-freq={HIGH:g}
--use-energy=false
--energy-floor=0
--dither=0
"""

_FLOOR = np.float32(np.finfo(np.float32).eps)


def _mel(hz: np.ndarray | float) -> np.ndarray:
    return 1127.0 * np.log(1.0 + np.asarray(hz, np.float64) / 700.0)


def _hz(mel: np.ndarray) -> np.ndarray:
    return 700.0 * (np.exp(mel / 1127.0) - 1.0)


def _warp(hz: np.ndarray, factor: float) -> np.ndarray:
    """Kaldi's piecewise linear warping (MelBanks::VtlnWarpFreq)."""
    if factor == 1.0:
        return hz
    low, high = VTLN_LOW * max(1.0, factor), VTLN_HIGH * min(1.0, factor)
    left = (low / factor - LOW) / (low - LOW)
    right = (HIGH - high / factor) / (HIGH - high)
    out = np.where(hz < low, LOW + left * (hz - LOW), hz / factor)
    out = np.where(hz >= high, HIGH + right * (hz - HIGH), out)
    return np.where((hz < LOW) | (hz > HIGH), hz, out)


@cache
def _bank(factor: float) -> np.ndarray:
    """Mel filters, (FFT / 2 + 1, BINS)."""
    edges = np.linspace(_mel(LOW), _mel(HIGH), BINS + 2)
    edges = _mel(_warp(_hz(edges), factor))
    mel = _mel(np.arange(FFT // 2) * RATE / FFT)[:, None]
    left, center, right = edges[:-2], edges[1:-1], edges[2:]
    up, down = (mel - left) / (center - left), (right - mel) / (right - center)
    bank = np.where((mel > left) & (mel < right), np.minimum(up, down), 0.0)
    return np.vstack([bank, np.zeros(BINS)]).astype(np.float32)


_POVEY = ((0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - 1))) ** 0.85).astype(np.float32)


def frames_of(samples: int) -> int:
    """Number of frames of a signal, edges snipped."""
    return max(0, 1 + (samples - WINDOW) // SHIFT)


def fbank(x: np.ndarray, warp: float = 1.0) -> np.ndarray:
    """Log-mel energies, (frames, BINS) float32, of samples in the 16-bit range; warp > 1 shortens the tract."""
    n = frames_of(len(x))
    if n == 0:
        return np.zeros((0, BINS), np.float32)
    cut = np.lib.stride_tricks.sliding_window_view(x.astype(np.float32), WINDOW)[: n * SHIFT : SHIFT].copy()
    cut -= cut.mean(1, keepdims=True)
    cut[:, 1:] -= 0.97 * cut[:, :-1].copy()
    cut[:, 0] *= 0.03
    power = np.abs(np.fft.rfft(cut * _POVEY, FFT, axis=1)) ** 2
    return np.log(np.maximum(power.astype(np.float32) @ _bank(warp), _FLOOR))
