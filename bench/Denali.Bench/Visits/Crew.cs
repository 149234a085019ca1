// SPDX-License-Identifier: MIT
using System.IO;
using System.Threading;

namespace Denali.Bench.Visits;

/// <summary>Visitors of one set of pages, and what becomes of their visits.</summary>
/// <param name="host">Where they are.</param>
/// <param name="pages">What they may ask for.</param>
internal abstract class Crew(ClientHost host, PageSet pages)
{
    private string? _failure;

    internal ClientHost Host { get; } = host;

    internal PageSet Pages { get; } = pages;

    /// <summary>A visitor has its page. Inside of the stack.</summary>
    internal abstract void Finish(Visitor visitor);

    /// <summary>A visitor does not get its page. Inside of the stack.</summary>
    internal void Fail(Visitor visitor, string why)
    {
        _failure ??= $"page {visitor.Page}: {why}";
        Abandon(visitor);
    }

    /// <summary>A visit failed. Inside of the stack.</summary>
    protected abstract void Abandon(Visitor visitor);

    /// <summary>Tells of a failure.</summary>
    /// <exception cref="IOException">There was one.</exception>
    protected void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw new IOException(failure);
        }
    }
}
