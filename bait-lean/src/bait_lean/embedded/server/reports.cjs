'use strict';
/**
 * Reports of what a text adds to an environment: each new constant with what it says and rests on,
 * by the command that made it, and whether Lean's kernel accepts all of them again.
 *
 * Constants are found by comparing environments, never by names in the text, so that no text can
 * make a report speak of another declaration than the one that was elaborated.
 */

const { createHash } = require('node:crypto');
const {
  CommandState, ConstantInfo, DeclarationLocation, DeclarationRange, ExprTag, SMap, SyntaxNode,
} = require('./layouts.cjs');
const { LeanException } = require('./objects.cjs');
const { Serialiser } = require('./parts.cjs');
const { Terms } = require('./terms.cjs');

const SORRY = 'sorryAx';
/** Constants that turn into any proof, or into the word of a compiler. */
const FORBIDDEN = new Set([
  SORRY, 'Lean.reduceBool', 'Lean.reduceNat', 'Lean.ofReduceBool', 'Lean.ofReduceNat',
  'Lean.trustCompiler', 'lcProof', 'lcUnreachable', 'lcAny',
]);
/** Number of arguments of `sorryAx` of which the last is a label. */
const LABELLED = 3;
const EXAMPLE = 'Lean.Parser.Command.example';
const DEFINITION = 'Lean.Parser.Command.definition';
const DECLARATION_NAME = 'Lean.Parser.Command.declId';
const EXAMPLE_NAME = 'bait_example';

class Reporter {
  constructor(lean, frontend, library) {
    Object.assign(this, { lean, frontend, library, objects: lean.objects });
    this.terms = new Terms(lean);
    this.imports = null; // the imported environment of the text that is being reported
    this.examples = 0;
  }

  /**
   * Elaborates `text` as `Frontend.run` does, with a report.
   *
   * @param keep takes {state, base, replayed} after a command, all owned, and returns its number:
   *   `replayed` is the environment that the kernel has built anew from the imports, or null if
   *   it has refused something
   * @returns {{state, base, messages, holes, replayed, report}}
   */
  run(text, previous, keep) {
    const { objects: o } = this;
    const report = { commands: [], constants: [], kernel: '' };
    this.examples = 0;
    let progress = null;
    const result = this.frontend.run(text, previous, (step) => {
      progress ??= this.begin(previous, step, report);
      this.command(step, progress, report);
      const replayed = progress.replayed && o.inc(progress.replayed);
      const env = keep({ state: o.inc(step.after), base: step.base, replayed });
      report.commands.push({ position: step.position, env });
    });
    const replayed = progress?.replayed ?? (previous ? o.inc(this.replayedOf(previous)) : null);
    return { ...result, replayed, report };
  }

  /** Where a report starts: the constants that are known, and the kernel's own environment. */
  begin(previous, { before, base }, report) {
    const { objects: o } = this;
    const known = this.added(o.field(before, CommandState.env));
    this.imports = this.frontend.bases.get(base);
    try {
      const replayed = previous ? this.replayedOf(previous) : this.frontend.bases.get(base);
      return { known, replayed: o.inc(replayed) };
    } catch (error) {
      report.kernel = this.kernelError(error);
      return { known, replayed: null };
    }
  }

  /** The environment (borrowed) that the kernel has built anew for an entry; raises LeanException. */
  replayedOf(entry) {
    if (!entry.replayed) {
      const environment = this.objects.field(entry.state, CommandState.env);
      const imports = this.frontend.bases.get(entry.base);
      entry.replayed = this.replay(imports, imports, this.added(environment)).replayed;
    }
    return entry.replayed;
  }

  command(step, progress, report) {
    const { objects: o } = this;
    const environment = o.field(step.after, CommandState.env);
    const fresh = this.newConstants(environment, o.field(step.before, CommandState.env), progress);
    if (fresh.size > 0) {
      const { replayed, left } = this.check(progress.replayed, fresh, report);
      progress.replayed = replayed;
      report.constants.push(...this.describe(environment, fresh, left, step.position));
      fresh.forEach((info, name) => progress.known.set(name, info));
      return;
    }
    const scratch = this.nameExample(step);
    if (scratch === null) return;
    const kept = o.field(scratch, CommandState.env);
    const own = this.newConstants(kept, o.field(step.before, CommandState.env), progress);
    const { replayed, left } = this.check(o.inc(progress.replayed ?? o.nil), own, report);
    if (replayed !== null) o.dec(replayed);
    report.constants.push(...this.describe(kept, own, left, step.position));
    o.dec(scratch);
  }

  newConstants(environment, before, { known }) {
    if (this.table(environment) === this.table(before)) return new Map();
    return new Map([...this.added(environment)]
      .filter(([name, info]) => known.get(name) !== info));
  }

  // Constants of an environment -----------------------------------------------------------------

  /** The table (borrowed) of the constants that were added to an environment's imports. */
  table(environment) {
    const { lean, objects: o } = this;
    const constants = lean.call('l_Lean_Environment_constants', o.inc(environment));
    const table = o.field(constants, SMap.added);
    o.dec(constants);
    return table;
  }

  /** Name -> ConstantInfo (borrowed from the environment) of the constants that were added. */
  added(environment) {
    const { lean, objects: o } = this;
    const list = lean.call('l_Lean_PersistentHashMap_toList___redArg',
      o.inc(this.table(environment)));
    const found = new Map(o.listElements(list).map((pair) => (
      [lean.names.text(o.field(pair, 0)), o.field(pair, 1)]
    )));
    o.dec(list);
    return found;
  }

  // The kernel --------------------------------------------------------------------------------

  /** `replay` that takes its environment and notes an error in the report. */
  check(replayed, constants, report) {
    const failed = { replayed: null, left: new Set(constants.keys()) };
    if (report.kernel !== '') return failed;
    try {
      return this.replay(this.imports, replayed, constants);
    } catch (error) {
      report.kernel = this.kernelError(error);
      return failed;
    } finally {
      this.objects.dec(replayed);
    }
  }

  kernelError(error) {
    if (!(error instanceof LeanException)) throw error;
    return this.lean.ioErrorText(error.object);
  }

  /**
   * Sends constants through the kernel, with default options, on top of an environment (borrowed):
   * Lean's own `Environment.replay`, as lean4checker does.
   *
   * @returns {{replayed, left}} the new environment (owned), and the names of those left out: they
   *   are unsafe or partial, or trust the compiler, which could not run their code here
   */
  replay(imports, environment, constants) {
    const left = this.unchecked(imports, environment, constants);
    const checked = new Map([...constants].filter(([name]) => !left.has(name)));
    return { replayed: this.extended(environment, checked), left };
  }

  /** An environment (borrowed) with constants that the kernel accepts; raises LeanException. */
  extended(environment, constants) {
    const { lean, objects: o } = this;
    const pairs = [...constants.values()].map((info) => (
      o.pair(o.inc(this.library.read(info).name), o.inc(info))
    ));
    const map = lean.call('l_Std_HashMap_ofList___redArg', o.inc(o.global('l_Lean_Name_instBEq')),
      o.inc(o.global('l_Lean_instHashableName')), o.list(pairs));
    return lean.io('l_Lean_Environment_replay', map, o.inc(environment));
  }

  /** The names of constants that mention what the kernel can't or may not be asked about. */
  unchecked(imports, environment, constants) {
    const left = new Set([...constants].filter(([, info]) => this.isUnsafe(info)).map(([n]) => n));
    const isKnown = (name) => (name === SORRY || !FORBIDDEN.has(name)) && (
      constants.has(name) || this.library.isImported(imports, name)
      || this.library.has(environment, name)
    );
    const mentioned = new Map([...constants].map(([name, info]) => [name, this.mentions(info)]));
    for (let size = -1; size !== left.size;) {
      size = left.size;
      for (const [name, names] of mentioned) {
        if (names.some((n) => left.has(n) || !isKnown(n))) left.add(name);
      }
    }
    return left;
  }

  /** The names of the constants that a constant mentions; of an inductive, its constructors too. */
  mentions(info) {
    const { type, value, kind } = this.library.read(info);
    const names = this.terms.constants(type);
    if (value !== null) this.terms.constants(value, names);
    if (kind === 'inductive') this.constructors(info).forEach((name) => names.add(name));
    return [...names];
  }

  constructors(info) {
    const { objects: o } = this;
    const list = o.field(o.field(info, 0), ConstantInfo.inductive.constructors);
    return o.listElements(list).map((name) => this.lean.names.text(name));
  }

  // Descriptions ------------------------------------------------------------------------------

  describe(environment, constants, left, position) {
    return [...constants].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, info]) => (
      { ...this.constant(environment, name, info), position, unsafe: left.has(name) }
    ));
  }

  constant(environment, name, info) {
    const { type, value, kind, name: leanName } = this.library.read(info);
    const used = { constants: new Set(), axioms: new Set(), sorries: [] };
    for (const term of value === null ? [type] : [type, value]) {
      this.use(term, used);
    }
    if (kind === 'inductive') this.constructors(info).forEach((n) => used.constants.add(n));
    return {
      name,
      kind,
      type: this.hash(environment, type),
      value: value === null || kind === 'theorem' ? '' : this.hash(environment, value),
      internal: this.isInternal(environment, leanName),
      proves: kind === 'theorem' || this.isProposition(environment, type),
      uses: [...used.constants],
      axioms: [...used.axioms],
      sorries: used.sorries,
    };
  }

  /** Whether a type (borrowed) is a proposition. */
  isProposition(environment, type) {
    const { lean, objects: o } = this;
    const ask = (symbol, ...terms) => lean.call(symbol, o.inc(environment),
      o.inc(o.global('l_Lean_LocalContext_empty')), ...terms);
    const sort = ask('lean_kernel_check', o.inc(type));
    if (o.tag(sort) === 0) {
      o.dec(sort);
      return false;
    }
    const prop = lean.call('l_Lean_Expr_sort___override', o.inc(o.global('l_Lean_levelZero')));
    const same = ask('lean_kernel_is_def_eq', o.take(sort, 0), prop);
    const answer = o.tag(same) === 1 && o.unbox(o.field(same, 0)) === 1;
    [sort, same].forEach((result) => o.dec(result));
    return answer;
  }

  /** Whether a constant is `unsafe` or `partial`. */
  isUnsafe(info) {
    const { lean, objects: o } = this;
    return ['l_Lean_ConstantInfo_isUnsafe', 'l_Lean_ConstantInfo_isPartial']
      .some((symbol) => o.unbox(lean.call(symbol, o.inc(info))) !== 0);
  }

  isInternal(environment, leanName) {
    const { lean, objects: o } = this;
    const name = lean.call('l_Lean_privateToUserName', o.inc(leanName));
    const detail = o.unbox(lean.call('l_Lean_Name_isInternalDetail', name)) !== 0;
    return detail || o.unbox(lean.call('l_Lean_isReservedName', o.inc(environment),
      o.inc(leanName))) !== 0;
  }

  /**
   * A hash of a term (borrowed). Of an auxiliary theorem only the statement counts: Lean names it
   * after the declaration that needs it first.
   */
  hash(environment, term) {
    const { objects: o } = this;
    const held = [];
    const statement = (name, leanName) => {
      if (this.library.isImported(this.imports, name)) return null;
      const info = this.library.find(environment, name);
      if (info === null) return null;
      held.push(info);
      const { kind, type } = this.library.read(info);
      return kind === 'theorem' && this.isInternal(environment, leanName) ? type : null;
    };
    const text = Serialiser.closedTerm(this.terms, term, statement);
    held.forEach((info) => o.dec(info));
    return createHash('sha256').update(text).digest('hex');
  }

  /** Notes what a term (borrowed) mentions: new constants, axioms of imports, each `sorry`. */
  use(term, used) {
    const { lean, objects: o } = this;
    const note = (expr, application) => {
      const place = this.sorryPlace(expr, application);
      if (place !== undefined) used.sorries.push(place);
    };
    note(term, null);
    this.terms.traverse(term, (e) => {
      if (o.tag(e) === ExprTag.const) {
        this.useConstant(lean.names.text(o.field(e, 0)), used);
      }
      const isApplication = o.tag(e) === ExprTag.app;
      this.terms.children(e).forEach((child, i) => note(child, isApplication && i === 0 ? e : null));
    });
  }

  /**
   * The place of a `sorry` that a term (borrowed) is, null if it has none, undefined if it is no
   * whole `sorry`. Lean writes `sorryAx type synthetic label`; without a label, or with fewer
   * arguments, nobody knows where it comes from.
   *
   * @param application the term in which it is the function, if it is one
   */
  sorryPlace(expr, application) {
    const count = this.sorryArguments(expr);
    if (count === null || count >= LABELLED) return undefined;
    if (application === null) return null;
    return count + 1 === LABELLED ? this.label(application) : undefined;
  }

  useConstant(name, used) {
    if (FORBIDDEN.has(name)) {
      if (name !== SORRY) used.axioms.add(name);
    } else if (!this.library.isImported(this.imports, name)) {
      used.constants.add(name);
    } else if (this.library.isImportedAxiom(this.imports, name)) {
      used.axioms.add(name);
    }
  }

  /** The number of arguments of `sorryAx` in a term that is an application of it, or null. */
  sorryArguments(expr) {
    const { objects: o } = this;
    let head = expr;
    let count = 0;
    for (; o.tag(head) === ExprTag.app; count += 1) head = o.field(head, 0);
    const isSorry = o.tag(head) === ExprTag.const
      && this.lean.names.text(o.field(head, 0)) === SORRY;
    return isSorry ? count : null;
  }

  /** The place in the text of a `sorry` that Lean has labelled with it, or null without label. */
  label(expr) {
    const { lean, objects: o } = this;
    const view = lean.call('l_Lean_Meta_isLabeledSorry_x3f', o.inc(expr));
    if (o.isScalar(view)) return null;
    // SorryLabelView is its only field, an Option of a DeclarationLocation.
    const location = o.field(view, 0);
    const place = o.isScalar(location) ? null : this.frontend.position(o.field(
      o.field(o.field(location, 0), DeclarationLocation.range), DeclarationRange.pos,
    ));
    o.dec(view);
    return place;
  }

  // Examples ----------------------------------------------------------------------------------

  /**
   * Lean keeps nothing of an `example`. Elaborates the same as a definition with a name, which
   * takes variables as examples do: the Command.State (owned) after it, or null if the command is
   * no example.
   */
  nameExample({ input, command, offset, before }) {
    const { objects: o } = this;
    const named = this.renamed(command);
    if (named === null) return null;
    const quiet = this.frontend.quiet(o.inc(before), { messages: [] });
    const state = this.frontend.elaborateCommand(input, named, offset, quiet);
    o.dec(named);
    return state;
  }

  /** The syntax (owned) of a command with its example made a definition; null without one. */
  renamed(syntax) {
    const { lean, objects: o } = this;
    const kind = lean.syntaxKind(syntax);
    if (kind === '') return null;
    const args = o.elements(o.field(syntax, SyntaxNode.args));
    if (kind === EXAMPLE) return this.definition(syntax, args);
    for (const [i, argument] of args.entries()) {
      const changed = this.renamed(argument);
      if (changed !== null) {
        return this.node(syntax, kind, args.map((a, j) => (i === j ? changed : o.inc(a))));
      }
    }
    return null;
  }

  /** A definition (owned) in the place of an example, whose parts are borrowed. */
  definition(syntax, parts) {
    const { lean, objects: o } = this;
    const [, signature, value] = parts.map((part) => o.inc(part));
    this.examples += 1;
    const name = this.node(syntax, DECLARATION_NAME, [
      lean.call('l_Lean_mkIdentFrom', o.inc(syntax), lean.names.make(`${EXAMPLE_NAME}_${this.examples}`), o.box(0)),
      this.nothing(),
    ]);
    const keyword = lean.call('l_Lean_mkAtom', o.string('def'));
    return this.node(syntax, DEFINITION, [keyword, name, signature, value, this.nothing()]);
  }

  nothing() {
    return this.lean.call('l_Lean_mkNullNode', this.objects.array([]));
  }

  node(like, kind, args) {
    const { lean, objects: o } = this;
    return o.copyWith(like, SyntaxNode, {
      [SyntaxNode.kind]: lean.names.make(kind), [SyntaxNode.args]: o.array(args),
    });
  }
}

module.exports = { FORBIDDEN, Reporter };
