'use strict';
/**
 * Finds the holes of elaborated commands: each `sorry`, in tactic and in term position, with the
 * context of the info tree that it needs to become a proof state.
 */

const {
  CommandContextInfo, CommandState, ContextInfo, ElabInfo, Info, InfoState, InfoTree, TacticInfo,
  TermInfo,
} = require('./layouts.cjs');

const TACTIC_SORRY = 'Lean.Parser.Tactic.tacticSorry';
/** What Lean calls the declaration of an example while it elaborates it. */
const EXAMPLE = '_example';
const TERM_SORRY = 'Lean.Parser.Term.sorry';

/**
 * A hole: `context` (ContextInfo, owned), `before` (Environment, owned), and either `goal` (MVarId,
 * owned) or `term` (TermInfo, owned). `start` and `end` are byte offsets, `pos` and `endPos` lines
 * and columns. `release` gives up a hole that is not made a proof state.
 */
class HoleFinder {
  constructor(lean) {
    this.lean = lean;
    this.objects = lean.objects;
    this.holes = [];
    this.hasExample = false;
  }

  /** Walks a tree (borrowed) below `context` (borrowed ContextInfo or none). */
  walk(tree, context) {
    const { objects: o } = this;
    const tag = o.tag(tree);
    if (tag === InfoTree.tags.context) {
      const outer = context ? o.some(o.inc(context)) : o.nil;
      const merged = this.lean.call('l_Lean_Elab_PartialContextInfo_mergeIntoOuter_x3f',
        o.take(tree, InfoTree.first), outer);
      const inner = o.isScalar(merged) ? null : o.field(merged, 0);
      if (inner) this.hasExample ||= this.declaration(inner) === EXAMPLE;
      this.walk(o.field(tree, InfoTree.rest), inner);
      o.dec(merged);
    } else if (tag === InfoTree.tags.node) {
      const closed = context && this.visit(o.field(tree, InfoTree.first), context);
      // What a tactic `sorry` expands to is the same hole again.
      if (closed) return;
      for (const child of this.lean.persistentElements(o.field(tree, InfoTree.rest))) {
        this.walk(child, context);
      }
    }
  }

  visit(info, context) {
    const { lean, objects: o } = this;
    const tag = o.tag(info);
    if (tag !== Info.tags.tactic && tag !== Info.tags.term) return false;
    const value = o.field(info, Info.value);
    const syntax = o.field(o.field(value, TacticInfo.elab), ElabInfo.stx);
    const kind = lean.syntaxKind(syntax);
    if (tag === Info.tags.tactic && kind === TACTIC_SORRY) {
      const goals = o.field(value, TacticInfo.goalsBefore);
      if (o.isScalar(goals)) return true;
      const command = o.copyWith(o.field(context, ContextInfo.command), CommandContextInfo, {
        [CommandContextInfo.mctx]: o.take(value, TacticInfo.mctxBefore),
      });
      const before = o.copyWith(context, ContextInfo, { [ContextInfo.command]: command });
      this.add(syntax, { context: before, goal: o.take(goals, 0) });
      return true;
    }
    if (tag === Info.tags.term && kind === TERM_SORRY) {
      this.add(syntax, { context: o.inc(context), term: o.inc(value) });
      return true;
    }
    return false;
  }

  add(syntax, hole) {
    const { objects: o } = this;
    const command = o.field(hole.context, ContextInfo.command);
    const fileMap = o.field(command, CommandContextInfo.fileMap);
    const start = this.offset('l_Lean_Syntax_getPos_x3f', syntax);
    const end = this.offset('l_Lean_Syntax_getTailPos_x3f', syntax);
    if (start === null) return;
    this.holes.push({
      ...hole,
      declaration: this.declaration(hole.context),
      isTerm: hole.goal === undefined,
      start,
      end,
      pos: this.position(fileMap, start),
      endPos: this.position(fileMap, end),
      release() {
        [this.context, this.before, this.goal ?? this.term].forEach((part) => o.dec(part));
      },
    });
  }

  /** The name of the declaration around a hole, as users know it; '' if it has none. */
  declaration(context) {
    const { lean, objects: o } = this;
    const parent = o.field(context, ContextInfo.parentDecl);
    if (o.isScalar(parent)) return '';
    const name = lean.call('l_Lean_privateToUserName', o.take(parent, 0));
    const text = lean.names.text(name);
    o.dec(name);
    return text;
  }

  offset(symbol, syntax) {
    const { objects: o } = this;
    const result = this.lean.call(symbol, o.inc(syntax), o.box(0));
    if (o.isScalar(result)) return null;
    const offset = o.unbox(o.field(result, 0));
    o.dec(result);
    return offset;
  }

  position(fileMap, offset) {
    if (offset === null) return null;
    const { objects: o } = this;
    const position = this.lean.call('l_Lean_FileMap_toPosition', o.inc(fileMap), o.box(offset));
    const result = {
      line: o.unbox(o.field(position, 0)), column: o.unbox(o.field(position, 1)),
    };
    o.dec(position);
    return result;
  }
}

/**
 * {holes, hasExample}: the holes below the info trees of a Command.State (borrowed), in order of
 * their position, and whether there is an example.
 *
 * @param {() => number} before gives the environment (owned) to fill them in; each hole gets it
 */
function findHoles(lean, state, before) {
  const { objects: o } = lean;
  const finder = new HoleFinder(lean);
  const trees = o.field(o.field(state, CommandState.infoState), InfoState.trees);
  for (const tree of lean.persistentElements(trees)) finder.walk(tree, null);
  const { holes, hasExample } = finder;
  if (holes.length === 0) return { holes, hasExample };
  const environment = before();
  holes.forEach((hole) => { hole.before = o.inc(environment); });
  o.dec(environment);
  const tactics = new Set(holes.filter((hole) => hole.goal).map((h) => `${h.start}-${h.end}`));
  const distinct = holes
    .filter((hole) => hole.goal || !tactics.has(`${hole.start}-${hole.end}`))
    .sort((a, b) => a.start - b.start);
  return { holes: distinct, hasExample };
}

module.exports = { findHoles };
