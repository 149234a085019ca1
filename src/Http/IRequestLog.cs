// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>Is told of every request that was answered.</summary>
public interface IRequestLog
{
    /// <summary>A request was answered.</summary>
    /// <param name="data">The bytes that the head was read from; empty if there was no head.</param>
    /// <param name="head">The head.</param>
    /// <param name="response">The answer.</param>
    void OnRequest(ReadOnlySpan<byte> data, in RequestHead head, in Response response);
}
