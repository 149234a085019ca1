// SPDX-License-Identifier: MIT
using System;

namespace Denali.Repo.Tests;

/// <summary>C# source, split into what is code, what is comment and what is literal.</summary>
/// <remarks>
/// Each part is the whole text with everything else blanked, so that positions and lines agree between them. The holes
/// of interpolated strings count as literal. It knows tokens, not grammar: enough for rules about the look of code.
/// </remarks>
internal sealed class CodeText
{
    private readonly string _source;
    private readonly char[] _code;
    private readonly char[] _comments;
    private int _position;

    public CodeText(string source)
    {
        _source = source;
        _code = source.ToCharArray();
        _comments = Array.ConvertAll(_code, c => c == '\n' ? c : ' ');
        while (_position < _source.Length)
        {
            Step();
        }

        Code = new string(_code);
        Comments = new string(_comments);
    }

    /// <summary>The text with comments and literals blanked.</summary>
    public string Code { get; }

    /// <summary>The text with everything but comments blanked.</summary>
    public string Comments { get; }

    /// <summary>The line of a position.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">A position in it.</param>
    /// <returns>The line, counted from 1.</returns>
    public static int LineOf(string text, int position) => text.AsSpan(0, position).Count('\n') + 1;

    private void Step()
    {
        if (At("//"))
        {
            int end = _source.IndexOf('\n', _position);
            Comment(end < 0 ? _source.Length : end);
        }
        else if (At("/*"))
        {
            int end = _source.IndexOf("*/", _position + 2, StringComparison.Ordinal);
            Comment(end < 0 ? _source.Length : end + 2);
        }
        else if (_source[_position] == '\'')
        {
            Literal(EndOfCharacter());
        }
        else if (_source[_position] is '"' or '$' or '@' && TryEndOfString(_position, out int end))
        {
            Literal(end);
        }
        else
        {
            _position++;
        }
    }

    private void Comment(int end)
    {
        for (; _position < end; _position++)
        {
            _comments[_position] = _source[_position];
            Blank();
        }
    }

    private void Literal(int end)
    {
        for (; _position < end; _position++)
        {
            Blank();
        }
    }

    private void Blank()
    {
        if (_source[_position] != '\n')
        {
            _code[_position] = ' ';
        }
    }

    private bool At(string token) => string.CompareOrdinal(_source, _position, token, 0, token.Length) == 0;

    private int EndOfCharacter()
    {
        int i = _position + 1;
        while (i < _source.Length && _source[i] is not ('\'' or '\n'))
        {
            i += _source[i] == '\\' ? 2 : 1;
        }

        return int.Min(i + 1, _source.Length);
    }

    // A string begins with any of $ and @, then quotes: one, or three and more for a raw string.
    private bool TryEndOfString(int start, out int end)
    {
        int i = start;
        int dollars = 0;
        bool verbatim = false;
        for (; i < _source.Length && _source[i] is '$' or '@'; i++)
        {
            dollars += _source[i] == '$' ? 1 : 0;
            verbatim |= _source[i] == '@';
        }

        int quotes = RunOf('"', i);
        end = start;
        if (quotes == 0)
        {
            return false;
        }

        end = quotes >= 3 && !verbatim ? EndOfRaw(i + quotes, quotes)
            : quotes == 2 && !verbatim ? i + 2
            : EndOfQuoted(i + 1, dollars > 0, verbatim);
        return true;
    }

    private int EndOfRaw(int i, int quotes)
    {
        while (i < _source.Length)
        {
            int run = RunOf('"', i);
            if (run >= quotes)
            {
                return i + run;
            }

            i += int.Max(run, 1);
        }

        return i;
    }

    private int EndOfQuoted(int i, bool interpolated, bool verbatim)
    {
        while (i < _source.Length)
        {
            char c = _source[i];
            if (c == '"' && verbatim && RunOf('"', i) >= 2)
            {
                i += 2;
            }
            else if (c == '"')
            {
                return i + 1;
            }
            else if (c == '\\' && !verbatim)
            {
                i += 2;
            }
            else if (c == '{' && interpolated && RunOf('{', i) % 2 == 1)
            {
                i = EndOfHole(i + RunOf('{', i));
            }
            else
            {
                i += c == '{' ? RunOf('{', i) : 1;
            }
        }

        return i;
    }

    private int EndOfHole(int i)
    {
        int depth = 1;
        while (i < _source.Length && depth > 0)
        {
            if (_source[i] is '"' or '$' or '@' && TryEndOfString(i, out int end))
            {
                i = end;
                continue;
            }

            depth += _source[i] == '{' ? 1 : _source[i] == '}' ? -1 : 0;
            i++;
        }

        return i;
    }

    private int RunOf(char c, int start)
    {
        int i = start;
        while (i < _source.Length && _source[i] == c)
        {
            i++;
        }

        return i - start;
    }
}
