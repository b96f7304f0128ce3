"""Reads source for SQL: whether every statement is made of the source's own words, so that what people send can only
be a parameter.

An expression is fixed where it is a constant, or is put together of fixed ones by f-strings, ``+``, ``*``, a choice,
``join``, ``split`` and ``replace``. A name is fixed where all that it is ever set to is, a parameter of a private
function where every call in the module hands it a fixed one.
"""

import ast
from collections.abc import Iterator

ASKING = ("fetch", "fetch_one", "execute", "executemany", "mogrify")
_PUTTING_TOGETHER = ("join", "split", "replace")

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source:
    """One module's. ``allowed`` are expressions, as ``ast.unparse`` writes them, that a person has looked at."""

    def __init__(self, text: str, allowed: frozenset[str] = frozenset()):
        self._tree = ast.parse(text)
        self._allowed = allowed
        self._around: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(self._tree):
            for child in ast.iter_child_nodes(node):
                self._around[child] = node
        self._asked: set[tuple[str, ast.AST]] = set()

    def statements(self) -> Iterator[ast.expr]:
        """What is handed to PostgreSQL."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING:
                yield argument(node, 0, "sql") or node

    def loose(self) -> list[str]:
        """The statements that are not fixed, with their lines."""
        return [f"line {each.lineno}: {ast.unparse(each)}" for each in self.statements() if not self._is_fixed(each)]

    def _is_fixed(self, node: ast.AST) -> bool:
        match node:
            case ast.Constant():
                return True
            case _ if ast.unparse(node) in self._allowed:
                return True
            case ast.JoinedStr(parts) | ast.Tuple(parts) | ast.List(parts) | ast.Set(parts):
                return all(map(self._is_fixed, parts))
            case ast.FormattedValue(part, format_spec=spec):
                return self._is_fixed(part) and (spec is None or self._is_fixed(spec))
            case ast.Starred(part):
                return self._is_fixed(part)
            case ast.Dict():
                return all(map(self._is_fixed, node.values))
            case ast.BinOp(one, ast.Add() | ast.Mult(), other) | ast.IfExp(body=one, orelse=other):
                return self._is_fixed(one) and self._is_fixed(other)
            case ast.BoolOp(values=parts):
                return all(map(self._is_fixed, parts))
            case ast.GeneratorExp(part) | ast.ListComp(part):
                return self._is_fixed(part)
            case ast.Subscript(whole):
                return self._is_fixed(whole)
            case ast.Call(ast.Name("len")):
                return True
            case ast.Call(ast.Attribute(whole, name), arguments) if name in _PUTTING_TOGETHER:
                return self._is_fixed(whole) and all(map(self._is_fixed, arguments))
            case ast.Name(name):
                return self._name_is_fixed(name, node)
        return False

    def _name_is_fixed(self, name: str, where: ast.AST) -> bool:
        """As the innermost scope around it knows the name."""
        scope = self._around[where]
        while not isinstance(scope, ast.Module):
            if isinstance(scope, (ast.GeneratorExp, ast.ListComp)):
                loops = [loop for loop in scope.generators if name in names_in(loop.target)]
                if loops:
                    return all(self._is_fixed(loop.iter) for loop in loops)
            if isinstance(scope, Function) and (known := self._known(name, scope)):
                return all(known)
            scope = self._around[scope]
        return any(known := self._known(name, scope)) and all(known)

    def _known(self, name: str, scope: ast.AST) -> list[bool]:
        """For each way in which that scope gives the name something: whether that is fixed."""
        if (name, scope) in self._asked:
            return [True]  # a name that grows: the other ways decide
        self._asked.add((name, scope))
        try:
            return [*self._assigned(name, scope), *self._handed_over(name, scope)]
        finally:
            self._asked.discard((name, scope))

    def _assigned(self, name: str, scope: ast.AST) -> Iterator[bool]:
        for node in own_nodes(scope):
            match node:
                case ast.Assign(targets, value):
                    for target in targets:
                        yield from self._unpacked(name, target, value)
                case ast.AnnAssign(target, _, value) | ast.NamedExpr(target, value) if value is not None:
                    yield from self._unpacked(name, target, value)
                case ast.AugAssign(target, operator, value) if name in names_in(target):
                    yield isinstance(operator, (ast.Add, ast.Mult)) and self._is_fixed(value)
                case ast.For(target, source) | ast.AsyncFor(target, source) if name in names_in(target):
                    yield self._is_fixed(source)
                case ast.withitem(optional_vars=target) if target is not None and name in names_in(target):
                    yield False
                case ast.ImportFrom(names=aliases) if name in [each.asname or each.name for each in aliases]:
                    yield name.lstrip("_").isupper()  # a constant of another module

    def _unpacked(self, name: str, target: ast.expr, value: ast.expr) -> Iterator[bool]:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for each, part in zip(target.elts, value.elts):
                yield from self._unpacked(name, each, part)
        elif name in names_in(target):
            yield self._is_fixed(value)

    def _handed_over(self, name: str, scope: ast.AST) -> Iterator[bool]:
        if not isinstance(scope, Function):
            return
        given = scope.args
        positional = [each.arg for each in (*given.posonlyargs, *given.args)]
        if name not in (*positional, *(each.arg for each in given.kwonlyargs)):
            if name in [each.arg for each in (given.vararg, given.kwarg) if each]:
                yield False
            return
        calls = [
            node
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == scope.name
        ]
        yield scope.name.startswith("_") and bool(calls)
        for call in calls:
            handed = argument(call, positional.index(name) if name in positional else None, name)
            yield handed is not None and self._is_fixed(handed)


def argument(call: ast.Call, place: int | None, name: str) -> ast.expr | None:
    """What a call hands over at that place or by that name; None where that cannot be seen."""
    if any(isinstance(each, ast.Starred) for each in call.args[: (place or 0) + 1]):
        return None
    if place is not None and place < len(call.args):
        return call.args[place]
    return next((each.value for each in call.keywords if each.arg == name), None)


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """All in it, but not in the functions and classes inside."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, (*Function.__args__, ast.ClassDef, ast.Lambda)):
            yield child
            yield from own_nodes(child)


def names_in(target: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
