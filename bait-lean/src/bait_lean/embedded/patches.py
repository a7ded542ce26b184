"""The named changes to lean.js; each replaces text that must occur exactly once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patch:
    """A replacement in lean.js.

    Attributes:
        name: For messages.
        old: Text that occurs exactly once.
        new: What takes its place.
    """

    name: str
    old: str
    new: str


_SYMBOL_INDEX = Patch(
    "look symbols up in a map",
    "newSymIndex=Object.keys(lib.exports).indexOf(symbol);",
    """\
lib.indexOfSymbol ??= new Map(Object.keys(lib.exports).map((name, index) => [name, index]));
newSymIndex = lib.indexOfSymbol.get(symbol) ?? -1;
""",
)

# Every thread runs this, so the table gets the same indices in all of them; a function that one
# thread added later would have to be added in all others, which deadlocks while they compute.
_TABLE_IN_ONE_STEP = Patch(
    "grow the table once",
    "var updateGOT=(exports,replace)=>{for(var symName in exports){if(isInternalSym(symName)){",
    """\
var addToTable = (exports) => {
  const missing = [];
  for (const name in exports) {
    const value = exports[name];
    if (typeof value == "function" && !isInternalSym(name) && !getFunctionAddress(value)) {
      missing.push(value);
    }
  }
  const first = wasmTable.grow(missing.length);
  missing.forEach((value, offset) => {
    wasmTable.set(first + offset, value);
    functionsInTableMap.set(value, first + offset);
  });
};
var updateGOT=(exports,replace)=>{
if (!replace) addToTable(exports);
for(var symName in exports){if(isInternalSym(symName)||!replace&&!(symName in GOT)){""",
)

_MERGE_WITHOUT_ENTRIES = Patch(
    "walk the exports without a list of pairs",
    "for(var[sym,exp]of Object.entries(exports)){",
    "for (const sym in exports) { const exp = exports[sym];",
)

PATCHES = (_SYMBOL_INDEX, _TABLE_IN_ONE_STEP, _MERGE_WITHOUT_ENTRIES)
"""All changes, in the order in which they are applied."""
