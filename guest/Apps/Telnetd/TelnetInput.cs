// SPDX-License-Identifier: MIT
using System;

/// <summary>Reads what a telnet client sends, byte by byte: lines, commands and offers (RFC 854).</summary>
/// <remarks>
/// Every offer and every request is refused, and what only confirms that something is off is not answered: so two sides
/// that refuse each other fall silent (RFC 1143 section 3).
/// </remarks>
internal sealed class TelnetInput
{
    // RFC 854: the commands that matter here.
    private const byte Subnegotiation = 250;
    private const byte SubnegotiationEnd = 240;
    private const byte AreYouThere = 246;
    private const byte EraseCharacter = 247;
    private const byte EraseLine = 248;
    private const byte Will = 251;
    private const byte Wont = 252;
    private const byte Do = 253;
    private const byte Dont = 254;
    private const byte Iac = 255;

    private const int ReplyBytesMax = 16;

    private readonly byte[] _line;
    private readonly byte[] _reply = new byte[ReplyBytesMax];
    private State _state;
    private byte _command;
    private int _length;
    private int _replyLength;
    private bool _isTooLong;
    private bool _wasReturn;
    private bool _isLineOver;

    /// <summary>Makes a reader.</summary>
    /// <param name="lineBytesMax">Bytes of the longest line.</param>
    internal TelnetInput(int lineBytesMax) => _line = new byte[lineBytesMax];

    private enum State : byte
    {
        Data,
        Command,
        Option,
        Subnegotiation,
        SubnegotiationCommand,
    }

    /// <summary>The line after <see cref="TelnetEvent.Line"/>, until the next byte is taken.</summary>
    internal ReadOnlySpan<byte> Line => _line.AsSpan(0, _length);

    /// <summary>What to send after <see cref="TelnetEvent.Reply"/>.</summary>
    internal ReadOnlySpan<byte> Reply => _reply.AsSpan(0, _replyLength);

    /// <summary>Begins anew, for another peer.</summary>
    internal void Reset()
    {
        _state = State.Data;
        _wasReturn = false;
        _isLineOver = false;
        Erase();
    }

    /// <summary>Takes a byte.</summary>
    /// <param name="value">The byte.</param>
    /// <returns>What it brings about.</returns>
    internal TelnetEvent Take(byte value)
    {
        if (_isLineOver)
        {
            _isLineOver = false;
            Erase();
        }

        switch (_state)
        {
            case State.Data when value == Iac:
                _state = State.Command;
                return TelnetEvent.None;

            case State.Data:
                return TakeData(value);

            case State.Command:
                return TakeCommand(value);

            case State.Option:
                _state = State.Data;
                return Refuse(value);

            case State.Subnegotiation:
                _state = value == Iac ? State.SubnegotiationCommand : State.Subnegotiation;
                return TelnetEvent.None;

            default:
                // A doubled IAC is data of the subnegotiation, which nobody wants to know.
                _state = value == SubnegotiationEnd ? State.Data : State.Subnegotiation;
                return TelnetEvent.None;
        }
    }

    // A line ends with CR LF, CR NUL or, from those who do not know better, with LF or CR.
    private TelnetEvent TakeData(byte value)
    {
        bool isRest = _wasReturn && (value is (byte)'\n' or 0);
        _wasReturn = value == '\r';
        if (isRest)
        {
            return TelnetEvent.None;
        }

        if (value is (byte)'\r' or (byte)'\n')
        {
            _isLineOver = true;
            return _isTooLong ? TelnetEvent.LongLine : TelnetEvent.Line;
        }

        if (_length == _line.Length)
        {
            _isTooLong = true;
        }
        else
        {
            _line[_length++] = value;
        }

        return TelnetEvent.None;
    }

    private TelnetEvent TakeCommand(byte value)
    {
        _state = State.Data;
        switch (value)
        {
            case Iac:
                return TakeData(value);

            case Will or Wont or Do or Dont:
                _command = value;
                _state = State.Option;
                return TelnetEvent.None;

            case Subnegotiation:
                _state = State.Subnegotiation;
                return TelnetEvent.None;

            case AreYouThere:
                return Answer("\r\n[Yes]\r\n"u8);

            case EraseCharacter:
                _length = Math.Max(_length - 1, 0);
                return TelnetEvent.None;

            case EraseLine:
                Erase();
                return TelnetEvent.None;

            default:
                return TelnetEvent.None;
        }
    }

    private TelnetEvent Refuse(byte option) => _command switch
    {
        Do => Answer([Iac, Wont, option]),
        Will => Answer([Iac, Dont, option]),
        _ => TelnetEvent.None,
    };

    private TelnetEvent Answer(ReadOnlySpan<byte> reply)
    {
        reply.CopyTo(_reply);
        _replyLength = reply.Length;
        return TelnetEvent.Reply;
    }

    private void Erase()
    {
        _length = 0;
        _isTooLong = false;
    }
}
