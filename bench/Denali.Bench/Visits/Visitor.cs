// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text;
using Denali.Net;
using Denali.Net.Tcp;

namespace Denali.Bench.Visits;

/// <summary>
/// Asks for a page on a connection of its own, from the first packet to the last byte, and closes it. Then it may be
/// used for another visit. It is driven by the stack's events, so no thread waits for anything.
/// </summary>
internal sealed class Visitor(Crew crew) : ITcpEvents
{
    private const int AnswerMaxBytes = 4096;

    private readonly byte[] _answer = new byte[AnswerMaxBytes];
    private TcpConnection? _connection;
    private int _length;
    private int _expected;

    /// <summary>The page that is asked for.</summary>
    internal int Page { get; private set; }

    /// <summary>When the visit was to begin, which is what its time is counted from.</summary>
    internal long IntendedTicks { get; private set; }

    /// <summary>When the first byte came.</summary>
    internal long FirstByteTicks { get; private set; }

    /// <summary>Begins a visit. Inside of the stack.</summary>
    internal void Begin(int page, long intendedTicks)
    {
        Page = page;
        IntendedTicks = intendedTicks;
        _length = 0;
        _expected = 0;
        IpEndpoint server = crew.Pages.EndpointOf(page);
        _connection = crew.Host.Stack.Tcp.Connect(default, server, out NetError error);
        if (_connection is null)
        {
            crew.Fail(this, error.ToString());
            return;
        }

        _connection.NoDelay = true;
        _connection.Events = this;
    }

    /// <inheritdoc/>
    void ITcpEvents.OnConnected(TcpConnection connection) => _ = connection.Send(crew.Pages.RequestOf(Page));

    /// <inheritdoc/>
    void ITcpEvents.OnReadable(TcpConnection connection)
    {
        int count = connection.Receive(_answer.AsSpan(_length));
        FirstByteTicks = _length == 0 ? TimeProvider.System.GetTimestamp() : FirstByteTicks;
        _length += count;
        if (_expected == 0 && !TryReadHead())
        {
            return;
        }

        if (_length == _expected)
        {
            if (crew.Pages.Content is { } content && !_answer.AsSpan(0, _length).EndsWith(content))
            {
                Fail("an answer of the right length with other bytes in it");
                return;
            }

            End();
            crew.Finish(this);
        }
        else if (count == 0 || _length > _expected)
        {
            Fail($"an answer of {_length} bytes instead of {_expected}");
        }
    }

    /// <inheritdoc/>
    void ITcpEvents.OnWritable(TcpConnection connection)
    {
    }

    /// <inheritdoc/>
    void ITcpEvents.OnClosed(TcpConnection connection) =>
        Fail(string.Create(CultureInfo.InvariantCulture, $"{connection.Error} after {_length} bytes"));

    /// <returns>Whether it is known how long the answer is.</returns>
    private bool TryReadHead()
    {
        ReadOnlySpan<byte> answer = _answer.AsSpan(0, _length);
        int end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0 && _length < AnswerMaxBytes)
        {
            return false;
        }

        _expected = end + 4 + crew.Pages.PageBytes;
        if (end >= 0 && answer.StartsWith("HTTP/1.1 200 "u8) && _expected <= AnswerMaxBytes)
        {
            return true;
        }

        Fail($"the answer '{Encoding.ASCII.GetString(answer[..Math.Min(_length, 40)])}'");
        return false;
    }

    private void Fail(string why)
    {
        End();
        crew.Fail(this, why);
    }

    private void End()
    {
        if (_connection is not null)
        {
            _connection.Events = null;
            _connection.Release();
            _connection = null;
        }
    }
}
