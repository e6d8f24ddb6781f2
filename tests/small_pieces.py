"""The worker, with simulations in pieces so small that a short history takes several."""

from backend import worker
from backend.simulation import service

if __name__ == "__main__":
    service.PIECE_LINES = 3_000
    worker.main()
