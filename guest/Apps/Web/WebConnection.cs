// SPDX-License-Identifier: MIT
using Denali.Http;

/// <summary>A client: its socket, what HTTP knows of it, and what its socket had no room for.</summary>
internal sealed class WebConnection
{
    internal WebConnection(int index) => Index = index;

    /// <summary>Its place in the server's table, which the socket's news come with.</summary>
    internal int Index { get; }

    /// <summary>The server's side of HTTP.</summary>
    internal HttpConnection Http { get; } = new();

    /// <summary>Its socket; negative if there is none.</summary>
    internal int Descriptor { get; set; } = -1;

    /// <summary>Bytes that were to be sent and for which there was no room; mostly none.</summary>
    internal byte[]? Unsent { get; set; }

    /// <summary>How many of them were sent since.</summary>
    internal int UnsentTaken { get; set; }

    /// <summary>Most bytes that its socket takes before they are acknowledged.</summary>
    internal int SendLimitBytes { get; set; }

    /// <summary>The stream ends behind them.</summary>
    internal bool EndsWhenSent { get; set; }

    /// <summary>Nothing more comes.</summary>
    internal bool IsReceiveEnded { get; set; }

    /// <summary>Nothing more goes.</summary>
    internal bool IsBroken { get; set; }

    /// <summary>When it has waited too long, in nanoseconds.</summary>
    internal ulong DeadlineNs { get; set; }

    /// <summary>The list that it is in, and its neighbours there.</summary>
    internal ConnectionList? List { get; set; }

    internal WebConnection? Previous { get; set; }

    internal WebConnection? Next { get; set; }

    /// <summary>Begins with a new client.</summary>
    internal void Start(int descriptor, ulong nowNs)
    {
        Descriptor = descriptor;
        SendLimitBytes = 0;
        EndsWhenSent = false;
        IsReceiveEnded = false;
        IsBroken = false;
        Http.Start(nowNs);
    }
}
