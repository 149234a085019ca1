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
    private readonly string _variable = "DENALI_BENCH_" + tender.Replace('-', '_').ToUpperInvariant();

    public string Name => $"a unikernel on {tender}";

    public string? Missing =>
        _program is null ? $"not installed: build {tender} (https://github.com/Solo5/solo5) and put it on the PATH"
        : Unikernel is not { Length: > 0 } ? $"no unikernel: name one in {_variable}"
        : File.Exists(Unikernel) ? null
        : $"no unikernel '{Unikernel}', which {_variable} names";

    private string? Unikernel => Environment.GetEnvironmentVariable(_variable);

    public IPeerInstance Start(int number) => new PeerProcess(_program!, ["--mem=16", Unikernel!]);

    public void Dispose()
    {
    }
}
