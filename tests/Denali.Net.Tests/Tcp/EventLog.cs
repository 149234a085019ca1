// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Tcp;

/// <summary>Events in the order in which they came.</summary>
internal sealed class EventLog : ITcpEvents, ITcpListenerEvents
{
    public List<string> Names { get; } = [];

    public Func<TcpConnection, TcpSynVerdict> Verdict { get; set; } = _ => TcpSynVerdict.Accept;

    public Action<TcpConnection>? Closed { get; set; }

    public TcpConnection? Held { get; private set; }

    public void OnConnected(TcpConnection connection) => Names.Add("connected");

    public void OnReadable(TcpConnection connection) => Names.Add("readable");

    public void OnWritable(TcpConnection connection) => Names.Add("writable");

    public void OnClosed(TcpConnection connection)
    {
        Names.Add("closed " + connection.Error);
        Closed?.Invoke(connection);
    }

    public void OnAcceptable(TcpListener listener) => Names.Add("acceptable");

    public TcpSynVerdict OnSyn(TcpListener listener, TcpConnection connection)
    {
        Held = connection;
        return Verdict(connection);
    }
}
