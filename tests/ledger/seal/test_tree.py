"""The tree is that of RFC 6962: its vectors, and a library that nobody here wrote, agree on every proof."""

from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from ledger.seal import tree
from ledger.verify import Unproven, leaf_hash, root_by_path, roots_by_path, tree_hash
from tests.ledger.seal.makers import Grown, a_log

RFC_6962 = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 300


@pytest.fixture(scope="module")
def oracle():
    """Another's tree of the same leaves."""
    theirs = InmemoryTree(algorithm="sha256")
    for leaf in a_log(MOST).leaves:
        theirs.append_entry(leaf)
    return theirs


@pytest.fixture(scope="module")
def ours() -> Grown:
    return a_log(MOST)


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_vectors_of_the_rfc(size):
    grown = Grown()
    for leaf in RFC_6962[:size]:
        grown.add(leaf)

    assert grown.checkpoint().root.hex() == ROOTS[size]
    assert tree_hash([leaf_hash(leaf) for leaf in RFC_6962[:size]]).hex() == ROOTS[size]


def test_every_root_is_theirs(ours, oracle):
    for size in range(1, MOST + 1):
        assert ours.checkpoint(size).root == oracle.get_root(size)


def test_every_inclusion_is_theirs_around_the_end_of_a_tile(ours, oracle):
    for size in (1, 2, 3, 31, 64, 255, 256, 257, MOST):
        check_inclusions(ours, oracle, size)


@pytest.mark.long
def test_every_inclusion_is_theirs(ours, oracle):
    for size in range(1, MOST + 1):
        check_inclusions(ours, oracle, size)


def check_inclusions(ours, oracle, size):
    root = oracle.get_root(size)
    for index in range(size):
        path = ours.hashes(tree.inclusion(index, size))
        itself, *theirs = oracle.prove_inclusion(index + 1, size).path
        assert (itself, theirs) == (leaf_hash(ours.leaves[index]), path)
        assert root_by_path(itself, index, size, path) == root


def test_every_consistency_joins_their_roots_around_the_end_of_a_tile(ours, oracle):
    for new in (1, 2, 3, 31, 64, 255, 256, 257, MOST):
        check_consistencies(ours, oracle, new)


@pytest.mark.long
def test_every_consistency_joins_their_roots(ours, oracle):
    for new in range(1, MOST + 1):
        check_consistencies(ours, oracle, new)


def check_consistencies(ours, oracle, new):
    """Their paths are longer than those of the RFC, so that the roots are what is compared."""
    after = oracle.get_root(new)
    for old in range(1, new + 1):
        before = oracle.get_root(old)
        path = ours.hashes(tree.consistency(old, new))
        assert roots_by_path(before, old, new, path) == (before, after)


@given(st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_it_grows_alike_in_whatever_steps(steps):
    grown = Grown()
    for step in steps:
        grown.add(*(bytes([step % 251, at % 251]) for at in range(step)))

    at_once = Grown()
    at_once.add(*grown.leaves)
    assert at_once.tiles == grown.tiles
    assert grown.checkpoint().root == tree_hash([leaf_hash(leaf) for leaf in grown.leaves])
    assert all(len(hashes) == 32 * tree.width_of(tile, grown.size) for tile, hashes in grown.tiles.items())


@given(st.integers(2, 2**40), st.data())
def test_a_proof_needs_a_handful_of_tiles_however_large_the_log(size, data):
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size - 1))
    levels = -(-size.bit_length() // 8)

    for ranges in (tree.inclusion(index, size), tree.consistency(old, size), tree.whole(size)):
        needed = tree.tiles_for(ranges)
        assert len(needed) <= 2 * levels
        assert all(tree.width_of(tile, size) for tile in needed)
        assert len(tree.tiles_for(ranges, tall=tree.SMALL)) <= 4 * levels


@given(st.integers(1, 600), st.data())
def test_whoever_changes_a_proof_is_found(size, data):
    leaves = [sha256(b"%d" % number).digest() for number in range(size)]
    grown = Grown()
    grown.add(*leaves)
    index = data.draw(st.integers(0, size - 1))
    path = grown.hashes(tree.inclusion(index, size))
    root, leaf = grown.checkpoint().root, leaf_hash(leaves[index])
    changed, elsewhere, larger = data.draw(st.sampled_from(mutations(path, index, size)))

    try:
        reached = root_by_path(leaf, elsewhere, larger, changed)
    except Unproven:
        return
    assert reached != root or (changed, elsewhere) == (path, index)  # a larger tree may have the same path


@given(st.integers(2, 600), st.data())
def test_whoever_changes_history_is_found(new, data):
    grown = a_log(new, at_once=new)
    old = data.draw(st.integers(1, new - 1))
    path = grown.hashes(tree.consistency(old, new))
    before, after = grown.checkpoint(old).root, grown.checkpoint().root
    changed = data.draw(st.sampled_from([one for one, _, _ in mutations(path, 0, 1) if one != path]))

    with suppress(Unproven):
        assert roots_by_path(before, old, new, changed) != (before, after)
    with pytest.raises((Unproven, AssertionError)):
        assert roots_by_path(sha256(before).digest(), old, new, path) == (sha256(before).digest(), after)


def mutations(path: list[bytes], index: int, size: int) -> list[tuple[list[bytes], int, int]]:
    """Change one thing of a proof, in every way that comes to mind."""
    flipped = [
        [*path[:at], bytes([path[at][0] ^ 1 << at % 8]) + path[at][1:], *path[at + 1 :]]
        for at in range(len(path))
    ]
    swapped = [[*path[:at], path[at + 1], path[at], *path[at + 2 :]] for at in range(len(path) - 1)]
    cut = [path[:at] + path[at + 1 :] for at in range(len(path))]
    longer = [[*path, bytes(32)], [bytes(32), *path], [*path, *path[-1:]]]
    return [
        *((one, index, size) for one in (*flipped, *swapped, *cut, *longer) if one != path),
        *((path, other, size) for other in (index ^ 1, index + 1, -1, size)),
        *((path, index, other) for other in (size + 1, size - 1, size * 2, index)),
    ]
