"""What encoders with attention are made of, checked by hand."""

from __future__ import annotations

import math

import pytest
import torch

from bait_models.encoders.ancestry import ancestry_of, collate_ancestry
from bait_models.encoders.attention import AttentionLayer, Blocks, attend, sinusoids
from bait_models.encoders.build import make_encoder
from bait_models.encoders.graph import EdgeLabel, TermGraph, graph_of_goal, graph_of_term
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.reader import TermReader
from bait_models.encoders.sequence import prefix_order
from bait_models.encoders.structure import StructureLayer, SubgraphExtractor, neighbourhoods
from bait_models.encoders.vocabulary import TermVocabulary

from .test_encoders import GRAPHS, term

ARGUMENT = EdgeLabel.ARGUMENT
# 0 has the children 1 and 2, of which 3 is a child; 4 is a child of 2 and of 0.
DIAMOND = TermGraph(
    ("a", "b", "c", "d", "e"),
    tuple((p, c, ARGUMENT) for p, c in ((0, 1), (0, 2), (1, 3), (2, 3), (2, 4), (0, 4))),
)
RELATED = [
    [1, 1, 1, 1, 1],
    [1, 1, 0, 1, 0],
    [1, 0, 1, 1, 1],
    [1, 1, 1, 1, 0],
    [1, 0, 1, 0, 1],
]
VOCABULARY = TermVocabulary(["<pad>", "<unk>", *"abcde"])


def test_attention_by_hand() -> None:
    """Rows 0 and 1 are a group, row 2 another; scores are q k / sqrt(1)."""
    queries = torch.tensor([[1.0], [0.0], [5.0]])
    keys = torch.tensor([[1.0], [2.0], [7.0]])
    values = torch.tensor([[10.0], [20.0], [30.0]])
    found = attend(queries, keys, values, Blocks(torch.tensor([0, 0, 1])), 1)
    share = math.e / (math.e + math.e**2)
    expected = torch.tensor([[10 * share + 20 * (1 - share)], [15.0], [30.0]])
    torch.testing.assert_close(found, expected)


def test_heads_attend_apart() -> None:
    groups, size = torch.tensor([0] * 40 + [1] + [2] * 7), 48
    queries, keys, values = torch.randn(3, size, 6, generator=torch.manual_seed(0))
    found = attend(queries, keys, values, Blocks(groups), 2)
    for head in (slice(0, 3), slice(3, 6)):
        scores = queries[:, head] @ keys[:, head].T / math.sqrt(3)
        scores = scores.masked_fill(groups[:, None] != groups, -math.inf)
        torch.testing.assert_close(found[:, head], scores.softmax(dim=1) @ values[:, head])


def test_blocks_hold_groups_of_similar_size() -> None:
    sizes = [1, 200, 3, 40, 130, 33]
    groups = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    blocks = Blocks(groups)
    assert sorted(tuple(b.rows.shape) for b in blocks.blocks) == [(2, 3), (2, 40), (2, 200)]
    rows = torch.arange(len(groups))
    assert blocks.unite([rows[b.rows] for b in blocks.blocks]).tolist() == rows.tolist()


def test_structure_makes_queries_and_keys_but_not_values() -> None:
    layer = AttentionLayer(8, 2, 0.0).eval()
    rows, blocks = torch.randn(5, 8), Blocks(torch.zeros(5, dtype=torch.long))
    layer.network[-2].weight.data.zero_()  # type: ignore[operator]
    layer.network[-2].bias.data.zero_()  # type: ignore[operator]
    with torch.no_grad():
        found = layer(rows, blocks, torch.zeros_like, torch.full((5,), 0.5))
        heard = layer.output(layer.value(layer.attention_norm(rows)).mean(dim=0))
    torch.testing.assert_close(found, rows + heard / 2)  # all alike: the mean of the values


def test_sinusoids_by_hand() -> None:
    found = sinusoids(torch.tensor([0, 3]), 4)
    assert found[0].tolist() == [0.0, 1.0, 0.0, 1.0]
    expected = [math.sin(3), math.cos(3), math.sin(0.03), math.cos(0.03)]
    assert found[1].tolist() == pytest.approx(expected)


def test_depths_and_relations_by_hand() -> None:
    found = ancestry_of(DIAMOND)
    assert found.depths.tolist() == [0, 1, 1, 2, 2]
    assert found.descendants[:, 0].tolist() == [0b11111, 0b01010, 0b11100, 0b01000, 0b10000]
    single = ancestry_of(TermGraph(("a",), ()))
    both = collate_ancestry([single, found])
    assert both.depths.tolist() == [0, 0, 1, 1, 2, 2]
    assert both.related.int().tolist() == [1, *(bit for row in RELATED for bit in row)]


def test_the_masks_of_relations() -> None:
    both = collate_ancestry([ancestry_of(TermGraph(("a",), ())), ancestry_of(DIAMOND)])
    [block] = Blocks(torch.tensor([0] + [1] * 5), both.related).blocks
    assert block.mask.shape == (2, 1, 5, 5)
    assert block.mask[1, 0].int().tolist() == RELATED
    assert block.mask[0, 0].int().tolist() == torch.eye(5).int().tolist()


def test_attention_along_paths_never_crosses() -> None:
    """What node 1 holds reaches all nodes but 2 and 4 in one layer, if only attention moves it."""
    ancestry = collate_ancestry([ancestry_of(DIAMOND)])
    blocks = Blocks(torch.zeros(5, dtype=torch.long), ancestry.related)
    layer = AttentionLayer(8, 2, 0.0).eval()
    rows = torch.randn(5, 8, requires_grad=True)
    for node in range(5):
        [gradient] = torch.autograd.grad(layer(rows, blocks)[node].square().sum(), rows)
        assert gradient.abs().sum(dim=1).gt(0).int().tolist() == RELATED[node]


def test_directed_attention_tells_edges_from_reversed_ones() -> None:
    turned = TermGraph(DIAMOND.tokens, tuple((c, p, label) for p, c, label in DIAMOND.edges))
    for kind, differ in (("directed-sat", True), ("sat", False)):
        options = EncoderOptions.model_validate({"kind": kind, "dim": 16, "layers": 2})
        reader = TermReader(VOCABULARY, options)
        model = make_encoder(options, len(VOCABULARY)).eval()
        first, second = model(reader.batch(reader.encode([DIAMOND, turned]))).detach()
        assert bool((first - second).norm() > 1e-3) is differ


def test_neighbourhoods_by_hand() -> None:
    edges = torch.tensor([[0, 1, 1, 3], [1, 2, 3, 4], [0, 1, 2, 3]])  # 0-1-2, 1-3-4
    near = neighbourhoods(edges, 5, 1)
    members = {0: [0, 1], 1: [0, 1, 2, 3], 2: [1, 2], 3: [1, 3, 4], 4: [3, 4]}
    found = list(zip(near.owners.tolist(), near.nodes.tolist(), strict=True))
    assert found == [(owner, node) for owner, nodes in members.items() for node in nodes]
    induced = {
        (found[parent][0], found[parent][1], found[child][1], label)
        for parent, child, label in near.edges.T.tolist()
        if found[parent][0] == found[child][0]
    }
    assert len(induced) == near.edges.shape[1]
    inside = {0: [0], 1: [0, 1, 2], 2: [1], 3: [2, 3], 4: [3]}
    ends = edges.T.tolist()
    assert induced == {(owner, *ends[edge]) for owner, kept in inside.items() for edge in kept}
    assert neighbourhoods(edges, 5, 2).owners.bincount().tolist() == [4, 5, 4, 5, 3]


def test_neighbourhoods_without_edges() -> None:
    near = neighbourhoods(torch.zeros(3, 0, dtype=torch.long), 2, 3)
    assert near.nodes.tolist() == near.owners.tolist() == [0, 1]
    assert near.edges.shape == (3, 0)


def test_a_subgraph_tells_what_subtrees_do_not() -> None:
    """Two triangles and a ring of six: each node has neighbours of both other colours."""
    triangles = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]
    ring = [(n, (n + 1) % 6) for n in range(6)]
    rounds = [StructureLayer(8, 0.0, directed=False) for _ in range(2)]
    extractor = SubgraphExtractor(8, rounds).eval()
    nodes = torch.randn(3, 8).repeat(2, 1)
    results = []
    for pairs in (triangles, ring):
        edges = torch.tensor([(a, b, 0) for a, b in pairs]).T
        subtree = rounds[1](rounds[0](nodes, edges), edges)
        subgraph = extractor(nodes, neighbourhoods(edges, 6, 1))
        results.append((subtree, subgraph))
    torch.testing.assert_close(results[0][0], results[1][0])
    assert (results[0][1] - results[1][1]).norm(dim=1).min() > 1e-4


def test_a_round_hears_the_mean_of_neighbours() -> None:
    one = StructureLayer(8, 0.0, directed=True).eval()
    nodes = torch.randn(3, 8)
    edges = torch.tensor([[0, 0], [1, 2], [0, 1]])
    with torch.no_grad():
        found = one(nodes, edges)

        def sent(way: int, node: int, label: int) -> torch.Tensor:
            vector = one.senders[way](nodes[node]) + one.labels[way](torch.tensor(label))
            return torch.nn.functional.gelu(vector)

        children = (sent(1, 1, 0) + sent(1, 2, 1)) / 2
        root = one.update(torch.cat([nodes[0], torch.zeros(8), children]))
        leaf = one.update(torch.cat([nodes[1], sent(0, 0, 0), torch.zeros(8)]))
    torch.testing.assert_close(found[0], root)
    torch.testing.assert_close(found[1], leaf)


def test_prefix_order_by_hand() -> None:
    graph = graph_of_term(term("(a (a f 'y) (l 'x (a (a f 'y) 'x)))"), 100)
    sequence = prefix_order(graph, 100)
    written = [graph.tokens[node] for node in sequence.nodes.tolist()]
    variable = "variable:bool"
    shared = ["@", "f", variable]
    assert written == ["@", *shared, "\\", variable, "@", *shared, variable]
    assert sequence.variables.tolist() == [0, 0, 0, 1, 0, 2, 0, 0, 0, 1, 2]
    assert not sequence.is_truncated
    cut = prefix_order(graph, 6)
    assert cut.nodes.tolist() == sequence.nodes.tolist()[:6]
    assert cut.is_truncated


def test_the_conclusion_comes_before_hypotheses_in_a_sequence() -> None:
    graph = graph_of_goal([term("p"), term("q")], term("r"), 100)
    sequence = prefix_order(graph, 100)
    assert [graph.tokens[node] for node in sequence.nodes.tolist()] == ["goal", "r", "p", "q"]


def test_shared_subterms_do_not_blow_up() -> None:
    text = "'x"
    for _ in range(12):
        text = f"(a {text} {text})"
    graph = graph_of_term(term(text), 100)
    assert len(graph.tokens) == 13
    assert len(prefix_order(graph, 50).nodes) == 50
    assert len(prefix_order(graph, 10_000).nodes) == 2**13 - 1


def test_sequences_side_by_side() -> None:
    options = EncoderOptions(kind="transformer")
    reader = TermReader(VOCABULARY, options)
    sequence = reader.batch(reader.encode([GRAPHS[3], GRAPHS[0]])).sequence
    assert sequence is not None
    assert sequence.graph.tolist() == [0] * 5 + [1]
    assert sequence.first.tolist() == [0, 5]
    assert sequence.nodes.tolist()[-1] == len(GRAPHS[3].tokens)
