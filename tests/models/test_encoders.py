"""Graphs of terms, and the encoders' invariances."""

from __future__ import annotations

import random

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from bait_holist.terms import Sexp, parse, read_key, to_text
from bait_models.encoders.batch import TermBatch
from bait_models.encoders.build import make_encoder
from bait_models.encoders.encoder import Encoder
from bait_models.encoders.graph import EdgeLabel, TermGraph, graph_of_goal, graph_of_term
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.reader import TermReader
from bait_models.encoders.vocabulary import TermVocabulary

KINDS: dict[str, dict[str, object]] = {
    "gnn": {},
    "transformer": {},
    "sat": {},
    "sat subgraph": {"extractor": "subgraph", "hops": 1},
    "directed-sat": {},
    "directed-sat subgraph": {"extractor": "subgraph"},
    "ensemble": {},
}
BOOL = "(bool)"
BOOL_T = f"(c {BOOL} T)"


def term(text: str) -> Sexp:
    """A term whose constants and variables are written `c` and `'v`."""
    words = text.replace("(", " ( ").replace(")", " ) ").split()
    written = [w if w in {"(", ")", "a", "l"} else _leaf(w) for w in words]
    return parse(" ".join(written))


def _leaf(word: str) -> str:
    return f"(v {BOOL} {word[1:]})" if word.startswith("'") else f"(c {BOOL} {word})"


TERMS = [
    term(text)
    for text in (
        "T",
        "(a f 'x)",
        "(a (a f 'x) 'y)",
        "(a (a f 'x) 'x)",
        "(l 'x (a f 'x))",
        "(l 'x (a f 'y))",
        "(a g (a f (a f 'x)))",
        "(a (a g 'x) (a f 'y))",
    )
]
GRAPHS = [graph_of_term(t, 100) for t in TERMS]
VOCABULARY = TermVocabulary.of(GRAPHS, least=1)


CHAIN = graph_of_term(term("(a f " * 50 + "'x" + ")" * 50), 100)


def options(kind: str, **changes: object) -> EncoderOptions:
    small = {"kind": kind.partition(" ")[0], "dim": 16, "layers": 2, "heads": 2, "dropout": 0.0}
    return EncoderOptions.model_validate(small | KINDS[kind] | changes)


def encoder(kind: str, seed: int = 0) -> Encoder:
    torch.manual_seed(seed)
    return make_encoder(options(kind), len(VOCABULARY)).eval()


def batch(graphs: list[TermGraph], kind: str = "gnn") -> TermBatch:
    reader = TermReader(VOCABULARY, options(kind))
    return reader.batch(reader.encode(graphs))


def embed(kind: str, graphs: list[TermGraph], seed: int = 0) -> Tensor:
    with torch.no_grad():
        return encoder(kind, seed)(batch(graphs, kind))  # type: ignore[no-any-return]


def renumbered(graph: TermGraph, seed: int) -> TermGraph:
    """The same graph with other numbers, but for the root, and its edges in another order."""
    rng = random.Random(seed)
    order = list(range(1, len(graph.tokens)))
    rng.shuffle(order)
    places = {node: place for place, node in enumerate([0, *order])}
    edges = [(places[parent], places[child], label) for parent, child, label in graph.edges]
    rng.shuffle(edges)
    return TermGraph(tuple(graph.tokens[node] for node in [0, *order]), tuple(edges))


def test_a_graph_by_hand() -> None:
    graph = graph_of_term(term("(a (a f 'x) (l 'x (a f 'x)))"), 100)
    assert graph.tokens == ("@", "@", "\\", "f", "variable:bool")
    function, argument = EdgeLabel.FUNCTION, EdgeLabel.ARGUMENT
    assert set(graph.edges) == {
        (0, 1, function),
        (0, 2, argument),
        (1, 3, function),
        (1, 4, argument),
        (2, 4, EdgeLabel.BINDER),
        (2, 1, EdgeLabel.BODY),  # equal to the function's part: one node
    }
    assert not graph.is_truncated


def test_a_goal_has_a_root_of_its_own() -> None:
    graph = graph_of_goal([term("p"), term("q")], term("p"), 100)
    assert graph.tokens == ("goal", "p", "q")
    assert graph.edges == (
        (0, 1, EdgeLabel.CONCLUSION),
        (0, 1, EdgeLabel.HYPOTHESIS),
        (0, 2, EdgeLabel.HYPOTHESIS),
    )
    assert graph_of_goal([], term("p"), 100).tokens == ("goal", "p")


def test_variables_are_told_apart_by_name_and_type_but_named_by_type_only() -> None:
    names = graph_of_term(parse("(a (v (bool) x) (v (bool) y))"), 100)
    types = graph_of_term(parse("(a (v (fun A B) x) (v A x))"), 100)
    assert names.tokens == ("@", "variable:bool", "variable:bool")
    assert types.tokens == ("@", "variable:fun", "variable:'")


def test_the_nodes_nearest_the_root_stay() -> None:
    graph = graph_of_term(term("(a g (a f (a f 'x)))"), 4)
    assert graph.is_truncated
    assert graph.tokens == ("@", "g", "@", "f")
    assert all(parent < 4 and child < 4 for parent, child, _ in graph.edges)


def test_deep_terms_need_no_deep_stack() -> None:
    deep = "(c (bool) T)"
    for _ in range(5_000):
        deep = f"(a (c (fun (bool) (bool)) ~) {deep})"
    graph = graph_of_term(parse(deep), 20_000)
    assert len(graph.tokens) == 5_002
    assert graph_of_term(parse(deep), 100).is_truncated


def test_a_vocabulary_counts_graphs_and_knows_the_unknown() -> None:
    vocabulary = TermVocabulary.of([graph_of_term(term(t), 9) for t in ("(a f f)", "(a f g)", "f")])
    assert vocabulary.tokens == ("<pad>", "<unk>", "f", "@")
    assert vocabulary.encode(graph_of_term(term("(a new f)"), 9)) == [3, 1, 2]


def test_graphs_side_by_side() -> None:
    found = batch([GRAPHS[1], GRAPHS[0], GRAPHS[2]])
    assert found.roots.tolist() == [0, 3, 4]
    assert found.graph.tolist() == [0] * 3 + [1] + [2] * 5
    assert (found.graph[found.edges[0]] == found.graph[found.edges[1]]).all()
    assert len(found) == 3


def test_a_reader_counts_what_it_cuts() -> None:
    key = "(g () (a (c (fun (bool) (bool)) f) (a (c (fun (bool) (bool)) f) (v (bool) x))))"
    graphs = TermReader(VOCABULARY, options("gnn")).goals([read_key(key)])
    assert graphs[0].tokens.tolist() == VOCABULARY.encode(graph_of_goal(*read_key(key), 100))
    assert not graphs[0].is_truncated
    whole, cut = (
        TermReader(VOCABULARY, options("transformer", max_tokens=n)) for n in (len(CHAIN.tokens), 8)
    )
    statement = to_text(term("(a f " * 9 + "'x" + ")" * 9))
    assert [t.is_truncated for t in whole.terms([statement])] == [False]
    assert [t.is_truncated for t in cut.terms([statement, BOOL_T])] == [True, False]
    assert (whole.truncated, cut.truncated) == (0, 1)


def test_dim_is_a_multiple_of_heads() -> None:
    with pytest.raises(ValidationError, match=r"dim \(16\) must be a multiple of heads \(3\)"):
        options("sat", heads=3)
    assert options("gnn", heads=3).dim == 16


def test_options_go_through_json() -> None:
    chosen = options("sat subgraph")
    assert EncoderOptions.model_validate(chosen.model_dump(mode="json")) == chosen


@pytest.mark.parametrize("kind", KINDS)
def test_one_by_one_and_together(kind: str) -> None:
    graphs = [*GRAPHS[:4], CHAIN, *GRAPHS[4:]]
    together = embed(kind, graphs)
    assert together.shape == (len(graphs), 16)
    alone = torch.cat([embed(kind, [graph]) for graph in graphs])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)
    order = [5, 0, 8, 2, 4, 1, 7, 3, 6]
    torch.testing.assert_close(embed(kind, [graphs[i] for i in order]), together[order])


@pytest.mark.parametrize("kind", KINDS)
def test_different_terms_have_different_embeddings(kind: str) -> None:
    found = embed(kind, GRAPHS)
    assert (torch.cdist(found, found) + torch.eye(len(GRAPHS))).min() > 1e-4
    swapped = [graph_of_term(term(t), 9) for t in ("(a (a f T) 'y)", "(a (a f 'y) T)")]
    first, second = embed(kind, swapped)
    assert (first - second).norm() > 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_variables_do_not_matter(kind: str) -> None:
    renamed = [graph_of_term(term(t), 9) for t in ("(a (a f 'x) 'y)", "(a (a f 'b) 'a)")]
    first, second = embed(kind, renamed)
    torch.testing.assert_close(first, second)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_nodes_and_edges_does_not_matter(kind: str) -> None:
    graphs = [*GRAPHS, CHAIN]
    moved = [renumbered(graph, seed) for seed, graph in enumerate(graphs)]
    assert moved != graphs
    torch.testing.assert_close(embed(kind, graphs), embed(kind, moved), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_reach_every_parameter(kind: str) -> None:
    model = encoder(kind)
    model(batch(GRAPHS, kind)).square().sum().backward()
    silent = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == []
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)


@pytest.mark.parametrize("kind", KINDS)
def test_eight_terms_are_told_apart(kind: str) -> None:
    model = encoder(kind).train()
    head = torch.nn.Linear(model.dim, 2)
    optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=0.01)
    labels, graphs = torch.tensor([0, 1, 1, 0, 1, 0, 0, 1]), batch(GRAPHS, kind)
    for _ in range(80):
        loss = torch.nn.functional.cross_entropy(head(model(graphs)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_weights(kind: str) -> None:
    torch.testing.assert_close(embed(kind, GRAPHS), embed(kind, GRAPHS))
    assert not torch.allclose(embed(kind, GRAPHS), embed(kind, GRAPHS, seed=1))


@pytest.mark.parametrize("kind", KINDS)
def test_half_precision_runs(kind: str) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = embed(kind, GRAPHS)
    torch.testing.assert_close(found.float(), embed(kind, GRAPHS), atol=0.1, rtol=0.1)


@pytest.mark.parametrize("kind", ["transformer", "directed-sat", "ensemble"])
def test_graphs_read_for_another_kind_are_refused(kind: str) -> None:
    with pytest.raises(TypeError, match="read with its own options"):
        encoder(kind)(batch(GRAPHS, "gnn"))
