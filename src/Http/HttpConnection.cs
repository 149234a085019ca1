// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>The server's side of one HTTP/1.1 connection: a state machine without input or output of its own.</summary>
/// <remarks>
/// It holds no bytes: requests stay in the transport until they are complete, responses are made when there is room for
/// them. So a connection that nobody uses costs only this object. One thread at a time.
/// </remarks>
public sealed class HttpConnection
{
    private ContentSkipper _content;
    private Response _response;
    private int _rangeIndex;
    private long _rangeSent;
    private bool _hasPartHead;
    private bool _isLast;

    /// <summary>What it waits for.</summary>
    public ConnectionState State { get; private set; }

    /// <summary>When it has waited too long, in nanoseconds: then <see cref="OnDeadline"/> is to be called.</summary>
    public ulong DeadlineNs { get; private set; }

    /// <summary>Begins.</summary>
    /// <param name="nowNs">Now.</param>
    public void Start(ulong nowNs)
    {
        _isLast = false;
        _content = default;
        _response = default;
        State = ConnectionState.Idle;
        DeadlineNs = nowNs + HttpLimits.IdleNs;
    }

    /// <summary>Goes on as far as it can: after the transport has got something, or room.</summary>
    /// <param name="server">What all connections have in common.</param>
    /// <param name="transport">The stream.</param>
    /// <param name="nowNs">Now.</param>
    /// <returns>Whether it could go on at once, and stopped so that others have their turn.</returns>
    public bool Run(HttpServer server, IHttpTransport transport, ulong nowNs)
    {
        if (transport.IsBroken)
        {
            Close(server);
            return false;
        }

        int requests = 0;
        while (true)
        {
            switch (State)
            {
                case ConnectionState.Idle or ConnectionState.Head:
                    if (requests++ == HttpLimits.RequestsPerTurn)
                    {
                        return true;
                    }

                    if (!TryTakeRequest(server, transport, nowNs))
                    {
                        return false;
                    }

                    break;

                case ConnectionState.Response:
                    if (!TrySendResponse(server, transport, nowNs))
                    {
                        return false;
                    }

                    break;

                case ConnectionState.Content:
                    if (!TrySkipContent(server, transport, nowNs))
                    {
                        return false;
                    }

                    break;

                case ConnectionState.Lingering:
                    DropInput(transport);
                    return false;

                default:
                    return false;
            }
        }
    }

    /// <summary>Ends a wait that took too long.</summary>
    /// <param name="server">What all connections have in common.</param>
    /// <param name="transport">The stream.</param>
    /// <param name="nowNs">Now.</param>
    public void OnDeadline(HttpServer server, IHttpTransport transport, ulong nowNs)
    {
        if (State == ConnectionState.Head && transport.SendRoomBytes >= HttpLimits.ResponseHeadBytesMax)
        {
            Refuse(server, transport, HttpStatus.RequestTimeout, nowNs);
        }
        else
        {
            Close(server);
        }
    }

    /// <summary>Ends it as soon as it has answered what it is answering; at once if it answers nothing.</summary>
    /// <param name="transport">The stream.</param>
    /// <param name="nowNs">Now.</param>
    public void EndSoon(IHttpTransport transport, ulong nowNs)
    {
        _isLast = true;
        if (State == ConnectionState.Idle)
        {
            Linger(transport, nowNs);
        }
    }

    /// <summary>Gives back what it holds, whatever it was doing.</summary>
    /// <param name="server">What all connections have in common.</param>
    public void Close(HttpServer server)
    {
        Forget(server);
        State = ConnectionState.Closed;
        DeadlineNs = ulong.MaxValue;
    }

    /// <summary>Gives the response's file back, if it has one.</summary>
    private void Forget(HttpServer server)
    {
        if (_response.HasFile)
        {
            server.Site.Store.Release(_response.File.Handle);
        }

        _response = default;
    }

    private bool TryTakeRequest(HttpServer server, IHttpTransport transport, ulong nowNs)
    {
        // The whole head of the response is made at once, so there must be room for it.
        if (transport.SendRoomBytes < HttpLimits.ResponseHeadBytesMax)
        {
            return false;
        }

        ReadOnlySpan<byte> data = transport.Peek();
        ParseOutcome outcome = RequestParser.Parse(data, out RequestHead head);
        switch (outcome)
        {
            case ParseOutcome.Complete:
                Answer(server, transport, data, head, nowNs);
                return true;

            case ParseOutcome.Bad:
                Refuse(server, transport, head.Error, nowNs);
                return true;

            default:
                if (transport.IsReceiveEnded)
                {
                    Close(server);
                }
                else if (State == ConnectionState.Idle && !data.IsEmpty)
                {
                    State = ConnectionState.Head;
                    DeadlineNs = nowNs + HttpLimits.HeadNs;
                }

                return false;
        }
    }

    private void Answer(
        HttpServer server, IHttpTransport transport, ReadOnlySpan<byte> data, in RequestHead head, ulong nowNs)
    {
        // Who waits for "100 Continue" gets the answer at once, and sends its content perhaps, perhaps not.
        bool waitsToSend = head.ExpectsContinue && (head.IsChunked || head.ContentBytes > 0);
        _isLast |= head.IsLast || server.IsEnding || waitsToSend;
        var writer = new ResponseWriter(server.HeadBuffer);
        long now = server.UnixSeconds;
        server.Site.Answer(data, head, _isLast, now, server.NextBoundary(), ref writer, out _response);
        if (writer.IsOverfull)
        {
            Forget(server);
            writer = new ResponseWriter(server.HeadBuffer);
            _response = StaticSite.Page(HttpStatus.UriTooLong, head.Method, _isLast, now, ref writer);
        }

        server.Log?.OnRequest(data, head, _response);
        _content = ContentSkipper.For(head);
        _rangeIndex = 0;
        _rangeSent = 0;
        _hasPartHead = false;
        transport.Take(head.LengthBytes);
        Send(transport, writer);
        State = ConnectionState.Response;
        DeadlineNs = nowNs + HttpLimits.SendNs;
    }

    // Nothing stays in the buffer: a guest that idles is kept as what differs from its template.
    private static void Send(IHttpTransport transport, in ResponseWriter writer)
    {
        transport.Send(writer.Written);
        writer.Erase();
    }

    private void Refuse(HttpServer server, IHttpTransport transport, HttpStatus status, ulong nowNs)
    {
        var writer = new ResponseWriter(server.HeadBuffer);
        Response response = StaticSite.Page(status, HttpMethod.Get, isLast: true, server.UnixSeconds, ref writer);
        server.Log?.OnRequest(default, default, response);
        Send(transport, writer);
        Linger(transport, nowNs);
    }

    /// <summary>
    /// Ends this side, and drops what the client still sends: closed at once, the connection would be reset by what
    /// comes, and the client might lose the answer (RFC 9112 section 9.6).
    /// </summary>
    private void Linger(IHttpTransport transport, ulong nowNs)
    {
        transport.EndSend();
        State = ConnectionState.Lingering;
        DeadlineNs = nowNs + HttpLimits.LingerNs;
    }

    private bool TrySendResponse(HttpServer server, IHttpTransport transport, ulong nowNs)
    {
        while (_rangeIndex < _response.Ranges.Count)
        {
            if (_response.IsMultipart && !_hasPartHead)
            {
                if (transport.SendRoomBytes < MultipartText.HeadBytesMax)
                {
                    return false;
                }

                var writer = new ResponseWriter(server.HeadBuffer);
                MultipartText.WriteHead(_response, _rangeIndex, ref writer);
                Send(transport, writer);
                _hasPartHead = true;
            }

            ByteRange range = _response.Ranges[_rangeIndex];
            long sent = transport.SendFile(
                _response.File.Handle, range.First + _rangeSent, range.LengthBytes - _rangeSent);
            if (sent < 0)
            {
                // The head has promised what cannot be had: only the connection's end can say so.
                Close(server);
                return true;
            }

            if (sent > 0)
            {
                DeadlineNs = nowNs + HttpLimits.SendNs;
            }

            _rangeSent += sent;
            if (_rangeSent < range.LengthBytes)
            {
                return false;
            }

            _rangeIndex++;
            _rangeSent = 0;
            _hasPartHead = false;
        }

        if (_response.IsMultipart)
        {
            if (transport.SendRoomBytes < MultipartText.HeadBytesMax)
            {
                return false;
            }

            var writer = new ResponseWriter(server.HeadBuffer);
            MultipartText.WriteEnd(_response, ref writer);
            Send(transport, writer);
        }

        EndResponse(server, transport, nowNs);
        return true;
    }

    private void EndResponse(HttpServer server, IHttpTransport transport, ulong nowNs)
    {
        Forget(server);
        if (_isLast)
        {
            Linger(transport, nowNs);
            return;
        }

        State = _content.IsDone ? ConnectionState.Idle : ConnectionState.Content;
        DeadlineNs = nowNs + HttpLimits.IdleNs;
    }

    private bool TrySkipContent(HttpServer server, IHttpTransport transport, ulong nowNs)
    {
        ReadOnlySpan<byte> data = transport.Peek();
        ParseOutcome outcome = _content.Skip(data, out int taken);
        transport.Take(taken);
        if (outcome == ParseOutcome.Bad)
        {
            Linger(transport, nowNs);
            return true;
        }

        if (outcome == ParseOutcome.Complete)
        {
            State = ConnectionState.Idle;
            DeadlineNs = nowNs + HttpLimits.IdleNs;
            return true;
        }

        if (transport.IsReceiveEnded && taken == data.Length)
        {
            Close(server);
            return false;
        }

        return taken > 0;
    }

    private void DropInput(IHttpTransport transport)
    {
        ReadOnlySpan<byte> data;
        while (!(data = transport.Peek()).IsEmpty)
        {
            transport.Take(data.Length);
        }

        if (transport.IsReceiveEnded)
        {
            State = ConnectionState.Closed;
        }
    }
}
