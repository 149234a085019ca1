// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Who is told of answers. Called from inside the stack: must not call into it.</summary>
public interface IDnsEvents
{
    /// <summary>A query that was pending is not any more.</summary>
    /// <param name="query">Which; its state says what became of it.</param>
    void OnCompleted(DnsQuery query);
}
