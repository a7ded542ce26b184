"""Graphs of terms, and the encoders' invariances."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from bait_holist.terms.sexp import Sexp, parse
from bait_models.encoders.batch import EncodedGraph, TermBatch, collate, encode_graph
from bait_models.encoders.build import make_encoder
from bait_models.encoders.encoder import Encoder
from bait_models.encoders.graph import EdgeLabel, TermGraph, graph_of_goal, graph_of_term
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.vocabulary import Vocabulary

KINDS = ["gnn"]
BOOL = "(bool)"


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
VOCABULARY = Vocabulary.of(GRAPHS, least=1)


def encoder(kind: str, seed: int = 0) -> Encoder:
    torch.manual_seed(seed)
    options = EncoderOptions.model_validate({"kind": kind, "dim": 16, "layers": 3, "dropout": 0.0})
    return make_encoder(options, len(VOCABULARY)).eval()


def batch(graphs: list[TermGraph]) -> TermBatch:
    return collate([encode_graph(graph, VOCABULARY) for graph in graphs])


def embed(model: Encoder, graphs: list[TermGraph]) -> Tensor:
    with torch.no_grad():
        return model(batch(graphs))  # type: ignore[no-any-return]


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
    vocabulary = Vocabulary.of([graph_of_term(term(t), 9) for t in ("(a f f)", "(a f g)", "f")])
    assert vocabulary.tokens == ("<pad>", "<unk>", "f", "@")
    assert vocabulary.encode(graph_of_term(term("(a new f)"), 9)) == [3, 1, 2]


def test_graphs_side_by_side() -> None:
    found = batch([GRAPHS[1], GRAPHS[0], GRAPHS[2]])
    assert found.roots.tolist() == [0, 3, 4]
    assert found.graph.tolist() == [0] * 3 + [1] + [2] * 5
    assert (found.graph[found.edges[0]] == found.graph[found.edges[1]]).all()
    assert len(found) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_one_by_one_and_together(kind: str) -> None:
    model = encoder(kind)
    together = embed(model, GRAPHS)
    assert together.shape == (len(GRAPHS), model.dim)
    alone = torch.cat([embed(model, [graph]) for graph in GRAPHS])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_different_terms_have_different_embeddings(kind: str) -> None:
    distances = torch.cdist(embed(encoder(kind), GRAPHS), embed(encoder(kind), GRAPHS))
    distances.fill_diagonal_(1.0)
    assert distances.min() > 1e-4
    swapped = [graph_of_term(term(t), 9) for t in ("(a (a f T) 'y)", "(a (a f 'y) T)")]
    first, second = embed(encoder(kind), swapped)
    assert (first - second).norm() > 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_variables_do_not_matter(kind: str) -> None:
    renamed = [graph_of_term(term(t), 9) for t in ("(a (a f 'x) 'y)", "(a (a f 'b) 'a)")]
    first, second = embed(encoder(kind), renamed)
    torch.testing.assert_close(first, second)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_nodes_and_edges_does_not_matter(kind: str) -> None:
    model = encoder(kind)
    graph = encode_graph(GRAPHS[7], VOCABULARY)
    order = torch.tensor([0, *(1 + torch.randperm(len(graph.tokens) - 1)).tolist()])
    places = torch.argsort(order).int()
    edges = graph.edges[:, torch.randperm(graph.edges.shape[1])]
    moved = torch.stack([places[edges[0].long()], places[edges[1].long()], edges[2]])
    shuffled = EncodedGraph(graph.tokens[order], moved)
    with torch.no_grad():
        torch.testing.assert_close(model(collate([graph])), model(collate([shuffled])))


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_reach_every_parameter(kind: str) -> None:
    model = encoder(kind)
    model(batch(GRAPHS)).square().sum().backward()
    silent = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == []


@pytest.mark.parametrize("kind", KINDS)
def test_eight_terms_are_told_apart(kind: str) -> None:
    model = encoder(kind)
    head = torch.nn.Linear(model.dim, 2)
    optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=0.01)
    labels, graphs = torch.tensor([0, 1, 1, 0, 1, 0, 0, 1]), batch(GRAPHS)
    for _ in range(80):
        loss = torch.nn.functional.cross_entropy(head(model(graphs)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_weights(kind: str) -> None:
    torch.testing.assert_close(embed(encoder(kind), GRAPHS), embed(encoder(kind), GRAPHS))
    assert not torch.allclose(embed(encoder(kind), GRAPHS), embed(encoder(kind, 1), GRAPHS))


@pytest.mark.parametrize("kind", KINDS)
def test_half_precision_runs(kind: str) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = embed(encoder(kind), GRAPHS)
    torch.testing.assert_close(found.float(), embed(encoder(kind), GRAPHS), atol=0.1, rtol=0.1)
