// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Denali.Bench.Peers;

/// <summary>A module in a Wasmtime process for each service: it says that it is ready, and waits for input.</summary>
internal sealed class WasmtimePeer : IPeerKind
{
    // Two calls of WASI: fd_write of the word at 32, fd_read into 64. Vectors of (address, length) at 0 and at 8.
    private const string Module =
        """
        (module
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "\20\00\00\00\06\00\00\00\40\00\00\00\01\00\00\00")
          (data (i32.const 32) "ready\n")
          (func (export "_start")
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
            (drop (call $read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 16)))))
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-bench-").FullName;
    private readonly string? _program = PeerProcess.Find("wasmtime");

    public string Name => "a module in Wasmtime";

    public string? Missing =>
        _program is null ? "not installed: put wasmtime (https://wasmtime.dev) on the PATH" : null;

    public IDisposable Start(int number)
    {
        string path = Path.Combine(_folder, "service.wat");
        if (!File.Exists(path))
        {
            File.WriteAllText(path, Module);
        }

        return new PeerProcess(_program!, ["run", path]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
