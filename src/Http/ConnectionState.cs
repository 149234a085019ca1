// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>What a connection waits for.</summary>
public enum ConnectionState : byte
{
    /// <summary>The next request.</summary>
    Idle,

    /// <summary>The rest of a request's head.</summary>
    Head,

    /// <summary>Room for more of a response.</summary>
    Response,

    /// <summary>The rest of a request's content.</summary>
    Content,

    /// <summary>The client's end, after an error: what it still sends is dropped.</summary>
    Lingering,

    /// <summary>Nothing: it is to be closed.</summary>
    Closed,
}
