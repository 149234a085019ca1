// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>What is to be told to owners once a segment or timer has been dealt with; the lowest bit first.</summary>
[Flags]
internal enum TcpEvent : byte
{
    None = 0,
    Acceptable = 1,
    Connected = 2,
    Readable = 4,
    Writable = 8,
    Closed = 16,
}
