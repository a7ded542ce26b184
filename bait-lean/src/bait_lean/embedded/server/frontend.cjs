'use strict';
/**
 * Runs commands: imports, parsing, elaboration, messages, and the holes (`sorry`) in the text.
 *
 * A request's text is parsed and elaborated command by command on this thread, with Lean's own
 * parser and elaborator. What an environment keeps is Lean's Command.State, so namespaces,
 * sections, variables, universes and open declarations carry on.
 */

const fs = require('node:fs');
const path = require('node:path');
const {
  CommandState, EnvironmentHeader, HEADER_IS_MODULE_BYTE, Import, InfoState, InputContext,
  Message, ModuleParserState, Position, Scope, SyntaxNode,
} = require('./layouts.cjs');
const { RequestError } = require('./errors.cjs');
const { findHoles } = require('./holes.cjs');

const SEVERITIES = ['info', 'warning', 'error'];
const END_OF_INPUT = 'Lean.Parser.Command.eoi';
const FILE_NAME = '<input>';

class Frontend {
  constructor(lean) {
    this.lean = lean;
    this.objects = lean.objects;
    this.bases = new Map(); // imports, one a line -> Environment
  }

  /**
   * Elaborates `text` after the commands of `state` (or after its imports).
   *
   * @returns {{state, base, messages, holes}} the new Command.State, the list of its imports, its
   *   messages as JSON, its holes in order of their position
   */
  run(text, previous) {
    const { objects: o } = this;
    const input = this.inputContext(text);
    let parser;
    let state;
    let base;
    if (previous) {
      parser = o.make(0, [o.box(0)], [0]);
      base = previous.base;
      state = this.continued(previous.state);
    } else {
      const header = this.header(input);
      ({ parser, base } = header);
      state = this.lean.call('l_Lean_Elab_Command_mkState',
        o.inc(this.environment(header.imports, base)), header.messages, this.lean.noOptions());
    }
    state = this.elaborate(input, parser, state);
    const messages = this.messages(o.field(state, CommandState.messages));
    const holes = findHoles(this.lean, state);
    const kept = this.continued(state);
    o.dec(state);
    o.dec(input);
    return { state: kept, base, messages, holes };
  }

  /** Lean's InputContext; line ends become `\n`, as Lean makes them. */
  inputContext(text, fileName = FILE_NAME) {
    const { objects: o } = this;
    const normal = text.replaceAll('\r\n', '\n');
    return this.lean.call('l_Lean_Parser_mkInputContext___redArg', o.string(normal),
      o.string(fileName), o.box(0), o.box(Buffer.byteLength(normal, 'utf8')));
  }

  /** A copy of a Command.State (borrowed) without messages and info trees. */
  continued(state) {
    const { objects: o } = this;
    const info = o.field(state, CommandState.infoState);
    return o.copyWith(state, {
      [CommandState.messages]: this.lean.noMessages(),
      [CommandState.infoState]: o.make(0, [
        o.take(info, InfoState.assignment),
        o.take(info, InfoState.lazyAssignment),
        this.lean.emptyTrees(),
      ], [1]),
      [CommandState.snapshotTasks]: o.array([]),
    });
  }

  // Imports -----------------------------------------------------------------------------------

  /** Parses the header; `imports` is an owned array, `base` names it. */
  header(input) {
    const { lean, objects: o } = this;
    const parsed = lean.io('l_Lean_Parser_parseHeader', o.inc(input));
    const rest = o.field(parsed, 1);
    const imports = lean.call('l_Lean_Elab_HeaderSyntax_imports', o.take(parsed, 0), o.box(1));
    const names = o.elements(imports).map((i) => lean.names.text(o.field(i, Import.module)));
    const result = {
      imports,
      base: [...new Set(names)].join('\n'),
      parser: o.take(rest, 0),
      messages: o.take(rest, 1),
    };
    o.dec(parsed);
    return result;
  }

  environment(imports, base) {
    const { lean, objects: o } = this;
    if (!this.bases.has(base)) {
      for (const module of base.split('\n')) this.requireModule(module);
      const environment = lean.io('l_Lean_importModules', o.inc(imports), lean.noOptions(),
        o.box(0), o.array([]), o.box(0), o.box(1), o.box(0), o.box(1));
      // Otherwise declarations are private to a module and `#print axioms` refuses to work.
      const header = lean.call('l_Lean_Environment_header', o.inc(environment));
      o.setByte(header, HEADER_IS_MODULE_BYTE, 0);
      o.dec(header);
      this.bases.set(base, environment);
    }
    o.dec(imports);
    return this.bases.get(base);
  }

  requireModule(module) {
    const file = path.join(this.lean.directory, 'lib', 'lean', ...module.split('.'));
    if (!/^[^/\\]+$/.test(module) || !fs.existsSync(`${file}.olean`)) {
      throw new RequestError(`unknown module '${module}': it is not in the embedded library`);
    }
  }

  // Elaboration -------------------------------------------------------------------------------

  elaborate(input, firstParser, firstState) {
    const { lean, objects: o } = this;
    let parser = firstParser;
    let state = firstState;
    for (;;) {
      const position = o.unbox(o.field(parser, ModuleParserState.pos));
      const parsed = this.parseCommand(input, parser, state);
      const { command } = parsed;
      parser = parsed.parser;
      state = o.copyWith(state, { [CommandState.messages]: parsed.messages });
      const kind = lean.syntaxKind(command);
      if (kind === END_OF_INPUT) break;
      state = this.elaborateCommand(input, command, position, state);
      const terminal = lean.call('l_Lean_Parser_isTerminalCommand', o.inc(command));
      o.dec(command);
      if (o.unbox(terminal)) break;
    }
    o.dec(parser);
    return state;
  }

  parseCommand(input, parser, state) {
    const { lean, objects: o } = this;
    const scope = o.field(o.field(state, CommandState.scopes), 0);
    const context = o.make(0, [
      o.take(state, CommandState.env),
      o.take(scope, Scope.opts),
      o.take(scope, Scope.currNamespace),
      o.take(scope, Scope.openDecls),
    ]);
    const result = lean.call('l_Lean_Parser_parseCommand', o.inc(input), context, parser,
      o.take(state, CommandState.messages));
    const rest = o.field(result, 1);
    const parsed = {
      command: o.take(result, 0), parser: o.take(rest, 0), messages: o.take(rest, 1),
    };
    o.dec(result);
    return parsed;
  }

  /** Elaborates one command; takes `state`, returns the next. */
  elaborateCommand(input, command, position, state) {
    const { lean, objects: o } = this;
    const context = o.make(0, [
      o.take(input, InputContext.fileName),
      o.take(input, InputContext.fileMap),
      o.box(0), // currRecDepth
      o.box(position),
      o.nil, // macroStack
      o.nil, // quotContext?
      o.box(1), // currMacroScope: firstFrontendMacroScope
      o.nil, // ref: Syntax.missing
      o.nil, // snap?
      o.some(lean.cancelToken ?? lean.idleToken),
    ], [0]);
    const reference = lean.reference(state);
    const result = lean.call('l_Lean_Elab_Command_elabCommandTopLevel', o.inc(command), context,
      o.inc(reference));
    const next = lean.dereference(reference);
    o.dec(reference);
    if (o.tag(result) !== 0 && !lean.isCancelled()) {
      const reason = lean.exceptionText(o.field(result, 0));
      throw new RequestError(`the command at byte ${position} was given up: ${reason}`);
    }
    o.dec(result);
    return next;
  }

  // Messages ----------------------------------------------------------------------------------

  /** The messages of a MessageLog (borrowed) as JSON. */
  messages(log) {
    const { lean, objects: o } = this;
    const list = lean.call('l_Lean_MessageLog_toList', o.inc(log));
    const messages = o.listElements(list).map((message) => this.message(message));
    o.dec(list);
    return messages;
  }

  message(message) {
    const { lean, objects: o } = this;
    const end = o.field(message, Message.endPos);
    return {
      severity: SEVERITIES[o.byte(message, Message.severity)],
      pos: this.position(o.field(message, Message.pos)),
      endPos: o.isScalar(end) ? null : this.position(o.field(end, 0)),
      data: lean.messageText(o.field(message, Message.data)),
    };
  }

  position(position) {
    const { objects: o } = this;
    return {
      line: o.unbox(o.field(position, Position.line)),
      column: o.unbox(o.field(position, Position.column)),
    };
  }
}

module.exports = { Frontend };
