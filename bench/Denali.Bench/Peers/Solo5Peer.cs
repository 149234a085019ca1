// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Denali.Bench.Peers;

/// <summary>
/// A unikernel on Solo5 for each service. Which one, a variable says; it has to print "ready" and wait.
/// </summary>
/// <param name="tender">What runs it: solo5-hvt or solo5-spt.</param>
internal sealed class Solo5Peer(string tender) : IPeerKind
{
    private readonly string? _program = PeerProcess.Find(tender);
    private readonly string? _unikernel =
        Environment.GetEnvironmentVariable("DENALI_BENCH_" + tender.Replace('-', '_').ToUpperInvariant());

    public string Name => $"a unikernel on {tender}";

    public string? Missing =>
        _program is null ? $"not installed: build {tender} (https://github.com/Solo5/solo5) and put it on the PATH"
        : File.Exists(_unikernel) ? null
        : $"no unikernel: name one in DENALI_BENCH_{tender.Replace('-', '_').ToUpperInvariant()}";

    public IDisposable Start(int number) => new PeerProcess(_program!, ["--mem=16", _unikernel!]);

    public void Dispose()
    {
    }
}
