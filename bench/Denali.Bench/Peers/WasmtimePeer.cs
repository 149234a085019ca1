// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Wasmtime;

namespace Denali.Bench.Peers;

/// <summary>
/// An instance of a WebAssembly module for each service, in a store of its own, all in this process: isolation by the
/// compiler instead of by the processor. It is ready when it has been called for the first time.
/// </summary>
internal sealed class WasmtimePeer : IPeerKind
{
    private const int ReadyAnswer = 1;

    // A page of memory that is written to, as a service would, before it says that it is ready.
    private const string ModuleText =
        """
        (module
          (memory (export "memory") 1)
          (func (export "serve") (result i32)
            (i32.store (i32.const 0) (i32.const 1))
            (i32.load (i32.const 0))))
        """;

    private readonly Wasmtime.Engine _engine = new();
    private readonly Module _module;
    private readonly Linker _linker;

    internal WasmtimePeer()
    {
        _module = Module.FromText(_engine, "service", ModuleText);
        _linker = new Linker(_engine);
    }

    public string Name => "an instance in Wasmtime";

    public string? Missing => null;

    public int InstanceCount => 10_000;

    public IPeerInstance Start(int number)
    {
        var store = new Store(_engine);
        Func<int>? serve = _linker.Instantiate(store, _module).GetFunction<int>("serve");
        if (serve?.Invoke() != ReadyAnswer)
        {
            store.Dispose();
            throw new IOException("the module was not ready when it was called");
        }

        return new Instance(store);
    }

    public void Dispose()
    {
        _linker.Dispose();
        _module.Dispose();
        _engine.Dispose();
    }

    private sealed class Instance(Store store) : IPeerInstance
    {
        public int? ProcessId => null;

        public void Dispose() => store.Dispose();
    }
}
